//! Submissions that can be repeated without a second task.
//!
//! Whoever gets no answer to a submission cannot know whether it was taken on. With a key of their
//! own they send it again, and get the task that the first one made.

pub use idempotency::{CallerKey as IdempotencyKey, Fingerprint};
use time::{Duration, OffsetDateTime};

/// How long a key stands for the task it made.
pub const KEPT: Duration = Duration::hours(24);

/// What is remembered of a submission with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The submitter's name for it, unique within the tenant.
    pub key: IdempotencyKey,
    /// What was asked for: the same key with something else is a mistake.
    pub fingerprint: Fingerprint,
    /// From this moment on the key stands for nothing.
    pub expires_at: OffsetDateTime,
}

impl Submission {
    /// Whether the key still stands for its task.
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        now < self.expires_at
    }
}
