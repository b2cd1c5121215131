//! What is sent.

use std::fmt;

use bytes::Bytes;

use crate::secret::Secret;

/// Longest id, in bytes.
pub const LONGEST_ID: usize = 255;

/// Names one event for its receiver: the same at every attempt, so that it can tell repetitions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageId(String);

/// What is wrong with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook id has 1 to {LONGEST_ID} letters, digits, _ or -")]
pub struct IdError;

impl MessageId {
    /// An id of letters, digits, `_` and `-`. A full stop would let parts of the signed text pass
    /// for one another.
    pub fn new(id: impl Into<String>) -> Result<Self, IdError> {
        let id = id.into();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(plain) {
            Ok(Self(id))
        } else {
            Err(IdError)
        }
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One attempt to tell an endpoint of an event.
#[derive(Clone)]
pub struct Webhook {
    /// Where to. May hold a token, so it shows in no log or error.
    pub url: String,
    /// Which event.
    pub id: MessageId,
    /// The JSON that is signed and sent, byte by byte.
    pub payload: Bytes,
    /// The endpoint's secret.
    pub secret: Secret,
    /// Secrets that it is replacing: signed with too, until the endpoint has the new one.
    pub retiring: Vec<Secret>,
    /// Which attempt, counted from 1.
    pub attempt: u32,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
