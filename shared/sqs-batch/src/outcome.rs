//! What is to become of a record.

use std::error::Error;
use std::iter::successors;
use std::time::Duration;

use retry::{Backoff, Failure, Jitter};

use crate::visibility::LONGEST_WAIT;

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

    /// What follows from an attempt, counted from 1. A failure that trying again cannot mend, or
    /// the last attempt's, makes a dead letter with that failure and its sources as the reason.
    pub fn after<E: Failure>(
        attempt: u32,
        result: Result<(), E>,
        backoff: &Backoff,
        jitter: &(impl Jitter + ?Sized),
    ) -> Self {
        let Err(failure) = result else {
            return Self::Done;
        };
        match backoff.next(attempt, failure.retry(), jitter) {
            Some(wait) => Self::RetryAfter(wait.min(LONGEST_WAIT)),
            None => Self::dead_letter(reason(&failure)),
        }
    }
}

/// Outermost first. A dead letter is looked at by somebody who has nothing else to go by.
fn reason(failure: &impl Error) -> String {
    let sources = successors(failure.source(), |&source| source.source());
    sources.fold(failure.to_string(), |text, source| {
        format!("{text}: {source}")
    })
}
