//! Whether a poller is well.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What a poller knows of itself, for health checks. Cheap to ask.
#[derive(Debug, Default)]
pub struct Pulse(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    in_hand: usize,
    failures: u32,
    failing_since: Option<Instant>,
}

impl Pulse {
    /// How many messages are being handled.
    pub fn in_hand(&self) -> usize {
        self.with(|state| state.in_hand)
    }

    /// Since when the queue has not answered; none while it does, or is not asked because there is no
    /// room for more messages.
    pub fn failing_for(&self) -> Option<Duration> {
        self.with(|state| state.failing_since)
            .map(|since| since.elapsed())
    }

    pub(super) fn has_in_hand(&self, count: usize) {
        self.with(|state| state.in_hand = count);
    }

    pub(super) fn answered(&self) {
        self.with(|state| (state.failures, state.failing_since) = (0, None));
    }

    /// Gives how often in a row it has not answered.
    pub(super) fn unanswered(&self) -> u32 {
        self.with(|state| {
            state.failures = state.failures.saturating_add(1);
            state.failing_since.get_or_insert_with(Instant::now);
            state.failures
        })
    }

    fn with<T>(&self, see: impl FnOnce(&mut State) -> T) -> T {
        // Nothing panics in between, so a poisoned state is as good as any.
        see(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
