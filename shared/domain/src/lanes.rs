//! The order in which tasks of one tenant get their turn.
//!
//! A tenant has a lane with a fixed number of places. A task needs one to be sent to the workers
//! and to run; those that find none wait. So a queue never holds more messages of a tenant than
//! its lane has places, and no other tenant's task waits behind a backlog.

use time::{Duration, OffsetDateTime};

use crate::ids::RequestId;
use crate::ports::Job;
use crate::task::Priority;

/// By how much a task of high priority counts as older. So it goes before all normal tasks of the
/// last ten minutes; one that has waited longer goes first, and none waits for ever.
pub const BOOST: Duration = Duration::minutes(10);

/// How often somebody looks at a lane that is in use.
pub const BETWEEN_LOOKS: Duration = Duration::minutes(2);

/// How long a task waits for its place before the sweep looks whether it really does, at least;
/// at most twice as long.
const PATIENCE: Duration = Duration::HOUR;

/// When a waiting task gets its turn: the lowest first. Milliseconds since 1970 of a virtual
/// submission.
pub fn rank(job: &Job) -> i64 {
    let boost = match job.priority {
        Priority::Normal => Duration::ZERO,
        Priority::High => BOOST,
    };
    let since = job.created_at - boost - OffsetDateTime::UNIX_EPOCH;
    i64::try_from(since.whole_milliseconds().max(0)).unwrap_or(i64::MAX)
}

/// When somebody looks at a lane first that was entered now, in whole seconds.
pub fn first_look(now: OffsetDateTime) -> OffsetDateTime {
    (now + BETWEEN_LOOKS).truncate_to_second()
}

/// When the sweep looks at a task that has waited and is sent now: its message may meet a worker
/// that dies.
pub fn look_at_sent(now: OffsetDateTime) -> OffsetDateTime {
    (now + BETWEEN_LOOKS).truncate_to_second()
}

/// When the sweep looks at a task that waits since now. Spread by the task's id, so that tasks
/// that began to wait together do not come up together.
pub fn look_at_waiting(id: RequestId, now: OffsetDateTime) -> OffsetDateTime {
    let seed = id.to_string().bytes().fold(0_u32, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    let minutes = i64::from(seed) % PATIENCE.whole_minutes();
    (now + PATIENCE + Duration::minutes(minutes)).truncate_to_second()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::TenantId;

    const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    fn job(priority: Priority, created_at: OffsetDateTime) -> Job {
        Job {
            tenant: TenantId::new("acme").unwrap(),
            request_id: RequestId::new(Uuid::from_u128(1)),
            priority,
            created_at,
            run_at: None,
            trace: None,
        }
    }

    #[test]
    fn high_goes_first_and_normal_is_not_overtaken_for_ever() {
        let high = rank(&job(Priority::High, NOW));
        let just_before = rank(&job(Priority::Normal, NOW - Duration::MINUTE));
        let long_before = rank(&job(Priority::Normal, NOW - Duration::minutes(11)));
        assert!(long_before < high && high < just_before);
    }

    #[test]
    fn waiting_tasks_come_up_between_one_hour_and_two() {
        let looks: Vec<_> = (0..1_000)
            .map(|n| look_at_waiting(RequestId::new(Uuid::from_u128(n)), NOW) - NOW)
            .collect();
        assert!(
            looks
                .iter()
                .all(|wait| (Duration::HOUR..Duration::hours(2)).contains(wait))
        );
        let in_one_minute = |minute: i64| {
            looks
                .iter()
                .filter(|wait| wait.whole_minutes() == minute)
                .count()
        };
        assert!((60..120).all(|minute| in_one_minute(minute) < 60));
    }
}
