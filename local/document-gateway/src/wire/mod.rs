//! The MongoDB wire protocol: bytes to requests and replies to bytes, and nothing about commands.

mod checksum;
mod frame;
mod header;
mod legacy;
mod message;
mod validate;

pub(crate) use frame::FrameReader;
pub(crate) use header::Header;
pub(crate) use legacy::Query;
pub(crate) use message::{Message, Sequence};

/// The longest message that a client may send, as announced by `hello`.
pub(crate) const MAX_MESSAGE_BYTES: usize = 48_000_000;

/// Why the bytes of a client cannot be a message; the connection that carried them is closed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error("message length {0} is outside 16..={MAX_MESSAGE_BYTES}")]
    Length(i32),
    #[error("the connection ended in the middle of a message")]
    Truncated,
    #[error("operation code {0} is not supported")]
    OpCode(i32),
    #[error("the message ends before {0}")]
    Missing(&'static str),
    #[error("required flag bits {0:#06x} are unknown")]
    Flags(u32),
    #[error("section kind {0} is unknown")]
    SectionKind(u8),
    #[error("the message has {0} body sections instead of one")]
    Bodies(usize),
    #[error("the checksum does not match")]
    Checksum,
    #[error("documents are nested deeper than {0} levels")]
    TooDeep(usize),
    #[error("a document is not valid BSON")]
    Bson(#[from] bson::error::Error),
    #[error("a name is not valid UTF-8")]
    Utf8(#[from] std::str::Utf8Error),
    #[error("the connection failed")]
    Io(#[from] std::io::Error),
}

/// One message of a client.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// `OP_MSG`, what every current driver sends.
    Message(Message),
    /// `OP_QUERY`, which old and new drivers use for their first `hello` only.
    Query(Query),
}

/// Reads one complete frame, header included.
pub(crate) fn decode(frame: &[u8]) -> Result<(Header, Incoming), WireError> {
    let header = Header::decode(frame)?;
    let incoming = match header.op_code {
        header::OP_MSG => Incoming::Message(Message::decode(frame)?),
        header::OP_QUERY => Incoming::Query(Query::decode(frame)?),
        other => return Err(WireError::OpCode(other)),
    };
    Ok((header, incoming))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn random_bytes_behind_a_good_header_never_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..512),
            op_code in prop_oneof![Just(header::OP_MSG), Just(header::OP_QUERY)],
        ) {
            let mut frame = header::encode(bytes.len(), 1, 0, op_code);
            frame.extend_from_slice(&bytes);
            let _ = decode(&frame);
        }
    }
}
