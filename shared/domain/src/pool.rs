//! The pool: processes beside Lambda that take the steady load. `pool/README.md` says how they run.

use time::{Duration, OffsetDateTime};

use crate::ids::PoolId;

/// How often a process of the pool tells how it is.
pub const BEAT_EVERY: Duration = Duration::seconds(5);

/// A process that was not heard for this long is dead: six beats, so that a slow table or a busy
/// machine kills nobody.
pub const DEAD_AFTER: Duration = Duration::seconds(30);

/// How long the last word of a process that ended without one is kept, for whoever asks what became
/// of it.
pub const KEPT: Duration = Duration::minutes(10);

/// What a process of the pool last told of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// Which process; one that is started again is another.
    pub id: PoolId,
    /// When it began to take tasks.
    pub started_at: OffsetDateTime,
    /// When it told this, to the millisecond.
    pub seen_at: OffsetDateTime,
    /// Tasks that it runs at once at most, of all queues.
    pub capacity: u32,
    /// Tasks that it runs.
    pub running: u32,
    /// How long the oldest message had waited in its queue, in milliseconds, among those that this
    /// process took since it told before. None if it took none. Messages that somebody had received
    /// before do not count: those wait on purpose.
    pub oldest_wait_ms: Option<u64>,
    /// Messages that it has taken since it started.
    pub taken: u64,
    /// Where one of its queues finds no free place here: when the last message that got one had been
    /// sent. So what still waits in that queue was sent about then, or later.
    pub full_since: Option<OffsetDateTime>,
}

impl Heartbeat {
    /// Whether the process counts on to take tasks.
    pub fn is_alive(&self, now: OffsetDateTime) -> bool {
        now - self.seen_at < DEAD_AFTER
    }

    /// From when on nobody asks for it any more.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.seen_at + KEPT
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_process_is_dead_after_six_missed_beats() {
        let seen_at = datetime!(2026-03-01 12:00 UTC);
        let heartbeat = Heartbeat {
            id: PoolId::new("one").unwrap(),
            started_at: seen_at,
            seen_at,
            capacity: 20,
            running: 0,
            oldest_wait_ms: None,
            taken: 0,
            full_since: None,
        };
        let moment = Duration::milliseconds(1);
        assert!(heartbeat.is_alive(seen_at + BEAT_EVERY * 6 - moment));
        assert!(!heartbeat.is_alive(seen_at + BEAT_EVERY * 6));
    }
}
