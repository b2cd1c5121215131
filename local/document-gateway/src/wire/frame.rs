//! Cuts a byte stream into messages without ever trusting a length for an allocation.

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::header::{HEADER_BYTES, Header};
use super::{Incoming, WireError, decode};

const READ_STEP: usize = 64 * 1024;

/// Reads the messages of one client.
#[derive(Debug)]
pub(crate) struct FrameReader<R> {
    stream: R,
    buffer: BytesMut,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(crate) fn new(stream: R) -> Self {
        Self {
            stream,
            buffer: BytesMut::new(),
        }
    }

    /// The next message, or none when the client closed the connection between two.
    ///
    /// Dropping the future loses nothing: what was read stays in the buffer.
    pub(crate) async fn next(&mut self) -> Result<Option<(Header, Incoming)>, WireError> {
        if !self.fill(HEADER_BYTES).await? {
            return if self.buffer.is_empty() {
                Ok(None)
            } else {
                Err(WireError::Truncated)
            };
        }
        let length = Header::decode(&self.buffer)?.length;
        if !self.fill(length).await? {
            return Err(WireError::Truncated);
        }
        let incoming = decode(&self.buffer[..length])?;
        self.buffer.advance(length);
        Ok(Some(incoming))
    }

    /// Waits until the client hangs up; for ever if it sends something instead.
    pub(crate) async fn hung_up(&mut self) {
        let gone = self.buffer.is_empty() && matches!(self.read_some().await, Ok(0) | Err(_));
        if !gone {
            std::future::pending::<()>().await;
        }
    }

    /// Reads until the buffer holds `wanted` bytes; false when the stream ends before that.
    async fn fill(&mut self, wanted: usize) -> Result<bool, WireError> {
        while self.buffer.len() < wanted {
            if self.read_some().await? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn read_some(&mut self) -> std::io::Result<usize> {
        self.buffer.reserve(READ_STEP);
        self.stream.read_buf(&mut self.buffer).await
    }
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;
    use crate::wire::{MAX_MESSAGE_BYTES, Message};

    async fn first(bytes: &[u8]) -> Result<Option<(Header, Incoming)>, WireError> {
        FrameReader::new(bytes).next().await
    }

    #[tokio::test]
    async fn reads_messages_one_after_the_other() {
        let mut bytes = Message::encode_reply(&rawdoc! { "a": 1 }, 1, 0);
        bytes.extend(Message::encode_reply(&rawdoc! { "a": 2 }, 2, 0));
        let mut reader = FrameReader::new(bytes.as_slice());
        for expected in [1, 2] {
            let (header, incoming) = reader.next().await.unwrap().unwrap();
            assert_eq!(header.request_id, expected);
            let Incoming::Message(message) = incoming else {
                panic!("not a message")
            };
            assert_eq!(message.body, rawdoc! { "a": expected });
        }
        assert!(reader.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn an_oversized_message_is_refused_from_its_header() {
        let mut bytes = Message::encode_reply(&rawdoc! {}, 1, 0);
        let length = i32::try_from(MAX_MESSAGE_BYTES + 1).unwrap();
        bytes[..4].copy_from_slice(&length.to_le_bytes());
        assert!(matches!(first(&bytes).await, Err(WireError::Length(_))));
    }

    #[tokio::test]
    async fn a_cut_connection_is_an_error() {
        let bytes = Message::encode_reply(&rawdoc! { "a": 1 }, 1, 0);
        assert!(matches!(
            first(&bytes[..20]).await,
            Err(WireError::Truncated)
        ));
        assert!(matches!(
            first(&bytes[..3]).await,
            Err(WireError::Truncated)
        ));
        assert!(first(&[]).await.unwrap().is_none());
    }
}
