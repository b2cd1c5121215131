//! The sixteen bytes in front of every message.

use super::{MAX_MESSAGE_BYTES, WireError};

pub(crate) const HEADER_BYTES: usize = 16;
pub(crate) const OP_REPLY: i32 = 1;
pub(crate) const OP_QUERY: i32 = 2004;
pub(crate) const OP_MSG: i32 = 2013;

/// A message header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Length of the whole message, these sixteen bytes included.
    pub(crate) length: usize,
    /// The sender's number for this message, which the reply repeats.
    pub(crate) request_id: i32,
    pub(crate) op_code: i32,
}

impl Header {
    /// Reads the header at the start of `bytes`, and refuses lengths no message can have.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let declared = i32_at(bytes, 0).ok_or(WireError::Truncated)?;
        let length = usize::try_from(declared)
            .ok()
            .filter(|length| (HEADER_BYTES..=MAX_MESSAGE_BYTES).contains(length))
            .ok_or(WireError::Length(declared))?;
        Ok(Self {
            length,
            request_id: i32_at(bytes, 4).ok_or(WireError::Truncated)?,
            op_code: i32_at(bytes, 12).ok_or(WireError::Truncated)?,
        })
    }
}

/// Starts a message of `payload` bytes behind the header.
pub(crate) fn encode(payload: usize, request_id: i32, response_to: i32, op_code: i32) -> Vec<u8> {
    let length = HEADER_BYTES + payload;
    let mut bytes = Vec::with_capacity(length);
    // A reply is bounded by what PostgreSQL sends (1 GB), so the length always fits.
    let declared = i32::try_from(length).unwrap_or(i32::MAX);
    for field in [declared, request_id, response_to, op_code] {
        bytes.extend_from_slice(&field.to_le_bytes());
    }
    bytes
}

/// The little-endian number at `offset`, if the bytes reach that far.
pub(crate) fn i32_at(bytes: &[u8], offset: usize) -> Option<i32> {
    let field = bytes.get(offset..offset.checked_add(4)?)?;
    Some(i32::from_le_bytes(field.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let header = Header::decode(&encode(10, 7, 3, OP_MSG)).unwrap();
        assert_eq!(
            header,
            Header {
                length: 26,
                request_id: 7,
                op_code: OP_MSG
            }
        );
    }

    #[test]
    fn refuses_lengths_no_message_has() {
        for length in [-1, 0, 15, 48_000_001] {
            let mut bytes = encode(0, 1, 0, OP_MSG);
            bytes[..4].copy_from_slice(&i32::to_le_bytes(length));
            assert!(
                matches!(Header::decode(&bytes), Err(WireError::Length(found)) if found == length)
            );
        }
    }
}
