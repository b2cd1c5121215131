//! What is to become of a webhook.

use std::time::Duration;

use crate::answer::Answer;
use crate::problem::Problem;

/// What came of one attempt.
#[derive(Debug)]
pub struct Attempt {
    /// What is to be done next.
    pub outcome: Outcome,
    /// What the endpoint said, if it did: for the log of deliveries.
    pub answer: Option<Answer>,
}

/// What is to be done next.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing: the endpoint has it.
    Delivered,
    /// Try again after this long.
    Retry {
        /// How long. At least what the endpoint asked for.
        after: Duration,
        /// What went wrong.
        problem: Problem,
    },
    /// Nothing more can be done.
    GiveUp(GiveUp),
    /// The endpoint wants no webhooks any more (410): send it none of any event.
    Disable,
}

/// Why nothing more can be done.
#[derive(Debug, thiserror::Error)]
pub enum GiveUp {
    /// The address is refused, or no request can be made of it; that will not pass by itself.
    #[error("the webhook cannot be sent there")]
    Impossible(#[source] Problem),
    /// The schedule is used up.
    #[error("the last attempt failed")]
    Exhausted(#[source] Problem),
}
