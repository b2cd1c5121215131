//! Submissions that can be repeated without a second task.
//!
//! Whoever gets no answer to a submission cannot know whether it was taken on. With a key of their
//! own they send it again, and get the task that the first one made.

use std::fmt;

use time::{Duration, OffsetDateTime};

use crate::ids::InvalidId;

/// How long a key stands for the task it made.
pub const KEPT: Duration = Duration::hours(24);

/// Longest key, in bytes.
pub const LONGEST_KEY: usize = 128;

/// A name that the submitter gives to one submission, unique within the tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes 1 to [`LONGEST_KEY`] bytes of visible ASCII.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
        let text = text.into();
        let problem = if text.is_empty() {
            "is empty"
        } else if text.len() > LONGEST_KEY {
            "is longer than 128 bytes"
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            "may only hold visible ASCII characters, no spaces"
        } else {
            return Ok(Self(text));
        };
        let what = "idempotency key";
        Err(InvalidId { what, problem })
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is remembered of a submission with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The submitter's name for it.
    pub key: IdempotencyKey,
    /// Digest of what was asked for: the same key with another one is a mistake.
    pub fingerprint: String,
    /// From this moment on the key stands for nothing.
    pub expires_at: OffsetDateTime,
}

impl Submission {
    /// Whether the key still stands for its task.
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        for good in ["k", "a#b/c~!", &"x".repeat(128)] {
            assert_eq!(IdempotencyKey::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "a\t", "ä", "a\u{7f}", &"x".repeat(129)] {
            assert!(IdempotencyKey::new(bad).is_err(), "{bad:?} was taken");
        }
    }
}
