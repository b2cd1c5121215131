//! Another backoff for some kinds of work.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::backoff::Backoff;
use crate::failure::Retry;
use crate::jitter::Jitter;

/// A backoff for every kind of work, with others for some.
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

    /// The wait before a kind's next attempt; see [`Backoff::next`].
    pub fn wait(
        &self,
        kind: &str,
        attempt: u32,
        retry: Retry,
        jitter: &(impl Jitter + ?Sized),
    ) -> Option<Duration> {
        self.backoff(kind).next(attempt, retry, jitter)
    }
}
