//! `OP_QUERY` and `OP_REPLY`: the form in which drivers send their first `hello`.

use bson::RawDocumentBuf;
use bson::raw::RawDocument;

use super::WireError;
use super::header::{self, HEADER_BYTES, OP_REPLY};
use super::message::take_document;

const AWAIT_CAPABLE: u32 = 1 << 3;

/// A command sent as a query on `admin.$cmd`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    pub(crate) body: RawDocumentBuf,
}

impl Query {
    /// Reads a whole frame, header included.
    pub(crate) fn decode(frame: &[u8]) -> Result<Self, WireError> {
        let named = frame
            .get(HEADER_BYTES + 4..)
            .ok_or(WireError::Missing("a collection"))?;
        let end = named
            .iter()
            .position(|byte| *byte == 0)
            .ok_or(WireError::Missing("the end of a collection name"))?;
        // Behind the name come the numbers to skip and to return, which a command does not use.
        let query = named.get(end + 9..).ok_or(WireError::Missing("a query"))?;
        let (body, _) = take_document(query)?;
        Ok(Self {
            body: body.to_owned(),
        })
    }

    /// Writes the frame of the only document that answers a command.
    pub(crate) fn encode_reply(body: &RawDocument, request_id: i32, response_to: i32) -> Vec<u8> {
        let payload = 20 + body.as_bytes().len();
        let mut frame = header::encode(payload, request_id, response_to, OP_REPLY);
        frame.extend_from_slice(&AWAIT_CAPABLE.to_le_bytes());
        frame.extend_from_slice(&0_i64.to_le_bytes());
        frame.extend_from_slice(&0_i32.to_le_bytes());
        frame.extend_from_slice(&1_i32.to_le_bytes());
        frame.extend_from_slice(body.as_bytes());
        frame
    }
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;
    use crate::wire::header::OP_QUERY;

    #[test]
    fn reads_a_hello() {
        let body = rawdoc! { "isMaster": 1, "helloOk": true };
        let mut payload = 0_i32.to_le_bytes().to_vec();
        payload.extend_from_slice(b"admin.$cmd\0");
        payload.extend_from_slice(&0_i32.to_le_bytes());
        payload.extend_from_slice(&(-1_i32).to_le_bytes());
        payload.extend_from_slice(body.as_bytes());
        let mut frame = header::encode(payload.len(), 5, 0, OP_QUERY);
        frame.extend_from_slice(&payload);
        assert_eq!(Query::decode(&frame).unwrap(), Query { body });
    }
}
