//! When to try again, and when to give up.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::failure::{Failure, Retry};
use crate::jitter::{self, Jitter};
use crate::outcome::Outcome;

/// SQS hides a message for 12 hours at most, counted from its delivery
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>);
/// the quarter of an hour is for the time that the work took.
pub const LONGEST_WAIT: Duration = Duration::from_mins(12 * 60 - 15);

/// Exponential backoff with full jitter: a random wait between nothing and `base * 2^(n - 1)`,
/// which spreads those who failed together better than a fixed wait does
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first failure.
    pub base: Duration,
    /// The longest wait ever; [`LONGEST_WAIT`] at most.
    pub cap: Duration,
    /// How often to try, the first time included.
    pub attempts: u32,
}

impl Backoff {
    /// The longest wait after the `failures`-th failure, counted from 1.
    pub fn ceiling(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let wait = self.base.saturating_mul(1 << doublings);
        wait.min(self.cap).min(LONGEST_WAIT)
    }

    /// The wait after the `failures`-th failure, in whole milliseconds.
    pub fn wait(&self, failures: u32, jitter: &(impl Jitter + ?Sized)) -> Duration {
        let most = self.ceiling(failures).as_millis();
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        Duration::from_millis(jitter::up_to(most, jitter))
    }
}

/// A backoff for every kind of record, with others for some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    common: Backoff,
    kinds: BTreeMap<String, Backoff>,
}

impl RetryPolicy {
    /// The same for all.
    pub fn new(common: Backoff) -> Self {
        let kinds = BTreeMap::new();
        Self { common, kinds }
    }

    /// Another one for this kind.
    #[must_use]
    pub fn with(mut self, kind: impl Into<String>, backoff: Backoff) -> Self {
        self.kinds.insert(kind.into(), backoff);
        self
    }

    /// What holds for a kind.
    pub fn backoff(&self, kind: &str) -> &Backoff {
        self.kinds.get(kind).unwrap_or(&self.common)
    }

    /// What is to become of a record after an attempt, counted from 1. A failure that trying again
    /// cannot mend, or the last attempt's, makes a dead letter.
    pub fn outcome<E: Failure>(
        &self,
        kind: &str,
        attempt: u32,
        result: Result<(), E>,
        jitter: &(impl Jitter + ?Sized),
    ) -> Outcome {
        let Err(failure) = result else {
            return Outcome::Done;
        };
        match self.wait(kind, attempt, failure.retry(), jitter) {
            Some(wait) => Outcome::RetryAfter(wait),
            None => Outcome::dead_letter(failure.to_string()),
        }
    }

    /// The wait before the next attempt; none if there is to be none.
    pub fn wait(
        &self,
        kind: &str,
        attempt: u32,
        retry: Retry,
        jitter: &(impl Jitter + ?Sized),
    ) -> Option<Duration> {
        let backoff = self.backoff(kind);
        let least = match retry {
            Retry::Permanent => return None,
            _ if attempt >= backoff.attempts => return None,
            Retry::Transient => Duration::ZERO,
            Retry::NotBefore(least) => least.min(LONGEST_WAIT),
        };
        Some(backoff.wait(attempt, jitter).max(least))
    }
}
