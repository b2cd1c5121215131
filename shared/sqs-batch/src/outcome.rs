//! What is to become of a record.

use std::time::Duration;

/// A handler's word on one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Handled: the queue forgets it.
    Done,
    /// To be delivered again after this long.
    RetryAfter(Duration),
    /// Never to be handled: a person should look at it.
    DeadLetter {
        /// Why, for that person. No secrets: it may be logged and sent on.
        reason: String,
    },
}

impl Outcome {
    /// A dead letter.
    pub fn dead_letter(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::DeadLetter { reason }
    }
}
