//! Who takes queued tasks where there is a pool: it alone, Lambda beside it, or Lambda alone.
//!
//! Lambda takes tasks while its event sources are on. They are turned on at once where messages wait
//! too long or no process of the pool is alive, and off only after a while of calm, so that a load
//! at the edge of what the pool can do does not turn them on and off all the time.

use time::{Duration, OffsetDateTime};

use crate::pool::Heartbeat;

/// The share of the pool's places, in percent, that may be taken at most when the pool is to go on
/// alone: else the next burst finds it full.
const ALONE_AT_MOST: u64 = 80;

/// Who takes queued tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takers {
    /// The pool alone.
    Pool,
    /// The pool, and Lambda what it does not manage.
    Both,
    /// Lambda alone: no process of the pool is alive.
    Lambda,
}

impl Takers {
    /// The name under which operators know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pool => "pool",
            Self::Both => "spilling",
            Self::Lambda => "lambda",
        }
    }

    /// Whether Lambda is one of them.
    pub fn need_lambda(self) -> bool {
        self != Self::Pool
    }
}

/// Whether Lambda takes tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSourceState {
    /// Whether the event sources are on, or about to be; none where one is and another is not.
    pub enabled: Option<bool>,
    /// When the last one was changed, to the second.
    pub changed_at: OffsetDateTime,
}

impl EventSourceState {
    /// Whether they have to be changed for these takers.
    pub fn differs_from(self, takers: Takers) -> bool {
        self.enabled != Some(takers.need_lambda())
    }

    fn may_be_on(self) -> bool {
        self.enabled != Some(false)
    }
}

/// When Lambda begins to help, and when it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a message may wait before Lambda helps.
    pub after: Duration,
    /// How long Lambda goes on helping at least; event sources that anybody has changed are left on
    /// for as long.
    pub calm: Duration,
}

/// What is known at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// What every known process of the pool last said.
    pub heartbeats: &'a [Heartbeat],
    /// Messages that wait in the task queues.
    pub waiting: u64,
    /// Whether Lambda takes tasks.
    pub sources: EventSourceState,
    /// The moment.
    pub now: OffsetDateTime,
}

impl Sight<'_> {
    /// Who is to take tasks from now on.
    pub fn takers(&self, patience: Patience) -> Takers {
        let late = self.oldest_wait();
        if self.alive().next().is_none() {
            Takers::Lambda
        } else if late >= patience.after || (self.sources.may_be_on() && !self.is_calm(patience)) {
            Takers::Both
        } else {
            Takers::Pool
        }
    }

    /// How long the oldest message waits, at most. No call tells it: this is what processes of the
    /// pool have found in their last beat, and where none of them has a free place, how long ago what
    /// now waits can have been sent.
    pub fn oldest_wait(&self) -> Duration {
        let found = self.alive().filter_map(|process| process.oldest_wait_ms);
        let found = Duration::milliseconds(found.max().unwrap_or_default().cast_signed());
        let full: Option<Vec<_>> = self.alive().map(|process| process.full_since).collect();
        let since = full.unwrap_or_default().into_iter().max();
        let since = since.filter(|_| self.waiting > 0);
        found.max(since.map_or(Duration::ZERO, |since| self.now - since))
    }

    /// Processes that take tasks.
    pub fn alive(&self) -> impl Iterator<Item = &Heartbeat> {
        let is_alive = |process: &&Heartbeat| process.is_alive(self.now);
        self.heartbeats.iter().filter(is_alive)
    }

    /// Whether the pool can be left alone: nothing has changed for a while, nobody waits for long, it
    /// has places left, and it has shown that it lives for longer than a process that fails soon
    /// after its start.
    fn is_calm(&self, patience: Patience) -> bool {
        let sum =
            |count: fn(&Heartbeat) -> u32| self.alive().map(|one| u64::from(count(one))).sum();
        let (running, capacity): (u64, u64) = (sum(|one| one.running), sum(|one| one.capacity));
        let oldest = self.alive().map(|process| process.started_at).min();
        self.now - self.sources.changed_at >= patience.calm
            && self.oldest_wait() * 2 < patience.after
            && running * 100 <= capacity * ALONE_AT_MOST
            && oldest.is_some_and(|started_at| self.now - started_at >= patience.after)
    }
}

#[cfg(test)]
mod tests;
