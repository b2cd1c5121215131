//! `OP_MSG`: one body document and any number of document sequences.

use bson::RawDocumentBuf;
use bson::raw::RawDocument;

use super::header::{self, HEADER_BYTES, OP_MSG, i32_at};
use super::{WireError, checksum, validate};

const CHECKSUM_PRESENT: u32 = 1;
const MORE_TO_COME: u32 = 1 << 1;
const REQUIRED_BITS: u32 = 0xFFFF;
const BODY: u8 = 0;
const SEQUENCE: u8 = 1;

/// A list of documents outside the body, such as the `documents` of an insert.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sequence {
    /// The field that the list stands for.
    pub(crate) identifier: String,
    /// The documents one after the other, which is also how the engine takes them.
    pub(crate) documents: Vec<u8>,
}

/// A request or a reply.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    pub(crate) body: RawDocumentBuf,
    pub(crate) sequences: Vec<Sequence>,
    /// The sender expects no reply.
    pub(crate) more_to_come: bool,
}

impl Message {
    /// Reads a whole frame, header included, because the checksum covers the header.
    pub(crate) fn decode(frame: &[u8]) -> Result<Self, WireError> {
        let flags = flags(frame)?;
        let sections = sections(frame, flags)?;
        let mut bodies = Vec::new();
        let mut sequences = Vec::new();
        let mut rest = sections;
        while let Some((kind, after)) = rest.split_first() {
            rest = match *kind {
                BODY => {
                    let (body, after) = take_document(after)?;
                    bodies.push(body.to_owned());
                    after
                }
                SEQUENCE => {
                    let (sequence, after) = take_sequence(after)?;
                    sequences.push(sequence);
                    after
                }
                other => return Err(WireError::SectionKind(other)),
            };
        }
        let count = bodies.len();
        let body = bodies
            .pop()
            .filter(|_| count == 1)
            .ok_or(WireError::Bodies(count))?;
        Ok(Self {
            body,
            sequences,
            more_to_come: flags & MORE_TO_COME != 0,
        })
    }

    /// Writes the frame of a reply that has a body and nothing else.
    pub(crate) fn encode_reply(body: &RawDocument, request_id: i32, response_to: i32) -> Vec<u8> {
        let payload = 5 + body.as_bytes().len();
        let mut frame = header::encode(payload, request_id, response_to, OP_MSG);
        frame.extend_from_slice(&0_u32.to_le_bytes());
        frame.push(BODY);
        frame.extend_from_slice(body.as_bytes());
        frame
    }
}

fn flags(frame: &[u8]) -> Result<u32, WireError> {
    let bits = i32_at(frame, HEADER_BYTES).ok_or(WireError::Missing("the flags"))?;
    let flags = bits.cast_unsigned();
    let unknown = flags & REQUIRED_BITS & !(CHECKSUM_PRESENT | MORE_TO_COME);
    if unknown == 0 {
        Ok(flags)
    } else {
        Err(WireError::Flags(unknown))
    }
}

/// The bytes between the flags and the checksum, which is checked when there is one.
fn sections(frame: &[u8], flags: u32) -> Result<&[u8], WireError> {
    let start = HEADER_BYTES + 4;
    if flags & CHECKSUM_PRESENT == 0 {
        return frame.get(start..).ok_or(WireError::Missing("the sections"));
    }
    let end = frame.len().saturating_sub(4);
    let sections = frame
        .get(start..end)
        .ok_or(WireError::Missing("the checksum"))?;
    let declared = i32_at(frame, end).ok_or(WireError::Missing("the checksum"))?;
    if declared.cast_unsigned() == checksum::crc32c(&frame[..end]) {
        Ok(sections)
    } else {
        Err(WireError::Checksum)
    }
}

/// Splits one document, checked to its last byte, from the front of `bytes`.
pub(super) fn take_document(bytes: &[u8]) -> Result<(&RawDocument, &[u8]), WireError> {
    let (document, rest) = take_sized(bytes, "a document")?;
    let document = RawDocument::from_bytes(document)?;
    validate::document(document)?;
    Ok((document, rest))
}

fn take_sequence(bytes: &[u8]) -> Result<(Sequence, &[u8]), WireError> {
    let (section, rest) = take_sized(bytes, "a document sequence")?;
    let named = section
        .get(4..)
        .ok_or(WireError::Missing("a sequence name"))?;
    let end = named
        .iter()
        .position(|byte| *byte == 0)
        .ok_or(WireError::Missing("the end of a sequence name"))?;
    let identifier = std::str::from_utf8(&named[..end])?.to_owned();
    let documents = named[end + 1..].to_vec();
    let mut unread = documents.as_slice();
    while !unread.is_empty() {
        (_, unread) = take_document(unread)?;
    }
    Ok((
        Sequence {
            identifier,
            documents,
        },
        rest,
    ))
}

/// Splits what the length at the front of `bytes` covers, the length itself included.
fn take_sized<'a>(bytes: &'a [u8], what: &'static str) -> Result<(&'a [u8], &'a [u8]), WireError> {
    let length = i32_at(bytes, 0)
        .and_then(|length| usize::try_from(length).ok())
        .filter(|length| *length >= 4)
        .ok_or(WireError::Missing(what))?;
    bytes
        .split_at_checked(length)
        .ok_or(WireError::Missing(what))
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;
    use proptest::prelude::*;

    use super::*;

    /// Writes a request the way a driver does.
    fn encode(message: &Message, checksum: bool, body_first: bool) -> Vec<u8> {
        let mut payload = Vec::new();
        let mut flags = if checksum { CHECKSUM_PRESENT } else { 0 };
        if message.more_to_come {
            flags |= MORE_TO_COME;
        }
        payload.extend_from_slice(&flags.to_le_bytes());
        let push_body = |payload: &mut Vec<u8>| {
            payload.push(BODY);
            payload.extend_from_slice(message.body.as_bytes());
        };
        if body_first {
            push_body(&mut payload);
        }
        for sequence in &message.sequences {
            payload.push(SEQUENCE);
            let length = 4 + sequence.identifier.len() + 1 + sequence.documents.len();
            payload.extend_from_slice(&i32::try_from(length).unwrap().to_le_bytes());
            payload.extend_from_slice(sequence.identifier.as_bytes());
            payload.push(0);
            payload.extend_from_slice(&sequence.documents);
        }
        if !body_first {
            push_body(&mut payload);
        }
        let extra = if checksum { 4 } else { 0 };
        let mut frame = header::encode(payload.len() + extra, 1, 0, OP_MSG);
        frame.extend_from_slice(&payload);
        if checksum {
            let crc = checksum::crc32c(&frame);
            frame.extend_from_slice(&crc.to_le_bytes());
        }
        frame
    }

    fn documents() -> impl Strategy<Value = RawDocumentBuf> {
        (
            any::<i64>(),
            ".{0,20}",
            proptest::collection::vec(any::<f64>(), 0..4),
        )
            .prop_map(|(number, text, list)| {
                let mut array = bson::raw::RawArrayBuf::new();
                for item in list {
                    array.push(item);
                }
                rawdoc! { "n": number, "t": text, "l": array, "d": { "x": true } }
            })
    }

    fn sequences() -> impl Strategy<Value = Sequence> {
        ("[a-z]{1,8}", proptest::collection::vec(documents(), 0..4)).prop_map(
            |(identifier, list)| Sequence {
                identifier,
                documents: list
                    .into_iter()
                    .flat_map(RawDocumentBuf::into_bytes)
                    .collect(),
            },
        )
    }

    proptest! {
        #[test]
        fn a_message_survives_the_wire(
            body in documents(),
            sequences in proptest::collection::vec(sequences(), 0..3),
            more_to_come in any::<bool>(),
            checksum in any::<bool>(),
            body_first in any::<bool>(),
        ) {
            let message = Message { body, sequences, more_to_come };
            let frame = encode(&message, checksum, body_first);
            prop_assert_eq!(Message::decode(&frame).unwrap(), message);
        }

        #[test]
        fn a_damaged_byte_never_passes_the_checksum(body in documents(), at in 20_usize..40) {
            let message = Message { body, sequences: Vec::new(), more_to_come: false };
            let mut frame = encode(&message, true, true);
            frame[at] ^= 0x40;
            prop_assert!(Message::decode(&frame).is_err());
        }

        #[test]
        fn a_cut_message_is_an_error(body in documents(), keep in 0_usize..60) {
            let message = Message { body, sequences: Vec::new(), more_to_come: false };
            let frame = encode(&message, false, true);
            prop_assert!(Message::decode(&frame[..keep.min(frame.len() - 1)]).is_err());
        }
    }

    #[test]
    fn a_reply_reads_back() {
        let frame = Message::encode_reply(&rawdoc! { "ok": 1 }, 9, 4);
        assert_eq!(Message::decode(&frame).unwrap().body, rawdoc! { "ok": 1 });
    }

    #[test]
    fn two_bodies_are_refused() {
        let mut frame = Message::encode_reply(&rawdoc! {}, 1, 0);
        frame.push(BODY);
        frame.extend_from_slice(rawdoc! {}.as_bytes());
        assert!(matches!(Message::decode(&frame), Err(WireError::Bodies(2))));
    }

    #[test]
    fn unknown_required_flags_are_refused() {
        let mut frame = Message::encode_reply(&rawdoc! {}, 1, 0);
        frame[HEADER_BYTES] = 4;
        assert!(matches!(Message::decode(&frame), Err(WireError::Flags(4))));
    }
}
