//! How long to wait before trying again, and how often to try.

use std::time::Duration;

use crate::failure::Retry;
use crate::jitter::{self, Jitter};

/// Exponential backoff with full jitter: a random wait between nothing and `base * 2^(n - 1)`,
/// which spreads those who failed together better than a fixed wait does
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first failure.
    pub base: Duration,
    /// The longest wait ever.
    pub cap: Duration,
    /// How often to try, the first time included.
    pub attempts: u32,
}

impl Backoff {
    /// The longest wait after the `failures`-th failure, counted from 1.
    pub fn ceiling(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.base.saturating_mul(1 << doublings).min(self.cap)
    }

    /// The wait after the `failures`-th failure, in whole milliseconds.
    pub fn wait(&self, failures: u32, jitter: &(impl Jitter + ?Sized)) -> Duration {
        let most = self.ceiling(failures).as_millis();
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        Duration::from_millis(jitter::up_to(most, jitter))
    }

    /// The wait before the next attempt; none if there is to be none, because trying again cannot
    /// help or the `attempt`-th attempt, counted from 1, was the last.
    pub fn next(
        &self,
        attempt: u32,
        retry: Retry,
        jitter: &(impl Jitter + ?Sized),
    ) -> Option<Duration> {
        let least = match retry {
            Retry::Permanent => return None,
            _ if attempt >= self.attempts => return None,
            Retry::Transient => Duration::ZERO,
            Retry::NotBefore(least) => least,
        };
        Some(self.wait(attempt, jitter).max(least))
    }
}
