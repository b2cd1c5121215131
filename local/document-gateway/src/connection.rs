//! One client, from its first message to its last.

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::command::{Peer, Service};
use crate::wire::{FrameReader, Header, Incoming, Message, Query, WireError};

/// Serves a client until it leaves or sends something that is not a message.
pub(crate) async fn serve(stream: TcpStream, service: &Service, peer: Peer) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "connection.delayed");
    }
    let (reader, writer) = stream.into_split();
    let served = talk(FrameReader::new(reader), writer, service, peer).await;
    match served {
        Ok(()) => tracing::debug!(peer = %peer.remote, "connection.closed"),
        // A client that is killed resets its connection; that is not worth a line.
        Err(WireError::Io(error)) => {
            tracing::debug!(peer = %peer.remote, %error, "connection.lost");
        }
        Err(error) => tracing::warn!(peer = %peer.remote, %error, "connection.refused"),
    }
}

async fn talk<R, W>(
    mut reader: FrameReader<R>,
    mut writer: W,
    service: &Service,
    peer: Peer,
) -> Result<(), WireError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut sent = 0_i32;
    while let Some((header, incoming)) = reader.next().await? {
        sent = sent.wrapping_add(1);
        let reply = tokio::select! {
            reply = answer(service, header, incoming, peer, sent) => reply,
            // Dropping the answer cancels what PostgreSQL was doing for it.
            () = reader.hung_up() => return Ok(()),
        };
        if let Some(frame) = reply {
            writer.write_all(&frame).await?;
        }
    }
    Ok(())
}

/// The reply's frame, if the client wants one.
async fn answer(
    service: &Service,
    header: Header,
    incoming: Incoming,
    peer: Peer,
    number: i32,
) -> Option<Vec<u8>> {
    match incoming {
        Incoming::Message(message) => {
            let body = service.answer(&message, &peer).await;
            let wanted = !message.more_to_come;
            wanted.then(|| Message::encode_reply(&body, number, header.request_id))
        }
        Incoming::Query(query) => {
            let message = Message {
                body: query.body,
                sequences: Vec::new(),
                more_to_come: false,
            };
            let body = service.answer(&message, &peer).await;
            Some(Query::encode_reply(&body, number, header.request_id))
        }
    }
}
