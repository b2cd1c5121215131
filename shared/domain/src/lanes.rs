//! The order in which tasks of one tenant get their turn.
//!
//! A tenant has a lane with a fixed number of places. A task needs one to be sent to the workers
//! and to run; those that find none wait. So a queue never holds more messages of a tenant than
//! its lane has places, and no other tenant's task waits behind a backlog.
//!
//! Of tasks that are to run later, as many as the lane has places have a message that the queue holds
//! back: more could not run together anyway. The others wait for their time where those without a
//! place wait.

use time::{Duration, OffsetDateTime};

use crate::ids::RequestId;
use crate::ports::Job;
use crate::task::Priority;

/// By how much a task of high priority counts as older. So it goes before all normal tasks of the
/// last ten minutes; one that has waited longer goes first, and none waits for ever.
pub const BOOST: Duration = Duration::minutes(10);

/// How often somebody looks at a lane that is in use.
pub const BETWEEN_LOOKS: Duration = Duration::minutes(2);

/// How often somebody looks at a lane in whose waiting room tasks wait for their time: so each is
/// let in within a minute of it, however little the tenant does meanwhile.
pub const BETWEEN_LOOKS_AT_HELD: Duration = Duration::MINUTE;

/// By how much a task of high priority counts as older that waits for its time: it goes before those
/// that are due at the same moment. More would put it among those that may run, before it may.
const TIE: Duration = Duration::MILLISECOND;

/// How long a task waits for its place before the sweep looks whether it really does, at least;
/// at most twice as long.
const PATIENCE: Duration = Duration::HOUR;

/// When a waiting task gets its turn: the lowest first. Milliseconds since 1970 of a virtual
/// submission; of a task that waits for its time that is when it is due, so that all which are due
/// come before it.
pub fn rank(job: &Job) -> i64 {
    let boost = match (job.priority, job.run_at) {
        (Priority::Normal, _) => Duration::ZERO,
        (Priority::High, None) => BOOST,
        (Priority::High, Some(_)) => TIE,
    };
    let since = job.run_at.unwrap_or(job.created_at) - boost - OffsetDateTime::UNIX_EPOCH;
    i64::try_from(since.whole_milliseconds().max(0)).unwrap_or(i64::MAX)
}

/// The task as one without delay that was submitted when it became due: so it has its turn among the
/// others. One that is not due stays as it is.
pub fn when_due(mut job: Job, now: OffsetDateTime) -> Job {
    if job.is_due(now) {
        let due = job.run_at.take();
        job.created_at = due.map_or(job.created_at, |at| at.max(job.created_at));
    }
    job
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
    fn what_waits_for_its_time_comes_after_all_that_is_due() {
        let held = |priority, wait| {
            let mut job = job(priority, NOW - Duration::DAY);
            job.run_at = Some(NOW + wait);
            job
        };
        let (soon, later) = (Duration::SECOND, Duration::MINUTE);
        let order = [
            rank(&job(Priority::Normal, NOW)),
            rank(&held(Priority::High, soon)),
            rank(&held(Priority::Normal, soon)),
            rank(&held(Priority::High, later)),
        ];
        assert!(order.is_sorted() && order[1] < order[2]);
        let due = when_due(held(Priority::High, soon), NOW + soon);
        assert_eq!(rank(&due), rank(&job(Priority::High, NOW + soon)));
        let early = held(Priority::High, soon);
        assert_eq!(when_due(early.clone(), NOW), early);
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
