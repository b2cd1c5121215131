//! When somebody should look whether a task goes on.
//!
//! A message can get lost, and a worker can die without a word. Every processing task therefore has
//! a moment by which its next change is due; one that has passed it is *stuck*, as far as anybody
//! can tell from outside, and is sent to the workers again. Sending again is harmless.

use time::{Duration, OffsetDateTime};

use super::{State, Task};

/// How long a queued task waits, past the moment at which it is expected, before somebody looks.
const QUEUED: Duration = Duration::minutes(2);

/// How long somebody waits after a lease has ended: by then the message itself has come back.
const LEASE_ENDED: Duration = Duration::MINUTE;

/// How long before its time a task that is to run later gets its message. A worker hides a message
/// that comes early until the very moment, which a queue allows for twelve hours.
const AHEAD: Duration = Duration::minutes(10);

/// The longest wait between two looks.
const LONGEST: Duration = Duration::HOUR;

impl Task {
    /// When somebody should look, in whole minutes; never for a task that has ended.
    pub fn attention_at(&self) -> Option<OffsetDateTime> {
        match &self.state {
            State::Queued => {
                let lost = self.sent_at().unwrap_or(self.expected_at() + QUEUED);
                let at = self
                    .terms
                    .deadline
                    .map_or(lost, |deadline| deadline.min(lost));
                Some(minute_after(at))
            }
            State::Running { lease } => Some(attention_to_lease(lease.until)),
            State::Completed { .. }
            | State::Failed { .. }
            | State::Cancelled
            | State::TimedOut { .. } => None,
        }
    }

    /// Whether its message is to be sent now. That of a task that is to run much later is left to
    /// whoever looks at it when it is time.
    pub fn is_sent_at_once(&self, now: OffsetDateTime) -> bool {
        self.terms.run_at.is_none_or(|at| at - now <= AHEAD)
    }

    /// When the message is sent that was not sent at once.
    fn sent_at(&self) -> Option<OffsetDateTime> {
        let later = !self.is_sent_at_once(self.updated_at);
        self.terms.run_at.filter(|_| later).map(|at| at - AHEAD)
    }

    /// When a queued task's message is expected at a worker: at once, or when it is to run, or to
    /// be tried again.
    fn expected_at(&self) -> OffsetDateTime {
        let later = [self.terms.run_at, self.again_at].into_iter().flatten();
        later.fold(self.updated_at, OffsetDateTime::max)
    }
}

/// When somebody should look at a task whose lease ends at `until`.
pub fn attention_to_lease(until: OffsetDateTime) -> OffsetDateTime {
    minute_after(until + LEASE_ENDED)
}

/// When to look again at a task that is still stuck: after as long as it has been there, an hour at
/// most. So a task that waits its turn behind many others is sent again a few times only.
pub fn next_attention(created_at: OffsetDateTime, now: OffsetDateTime) -> OffsetDateTime {
    minute_after(now + (now - created_at).clamp(QUEUED, LONGEST))
}

/// Rounded up to the minute, so that most changes of a running task leave an index by it alone.
fn minute_after(moment: OffsetDateTime) -> OffsetDateTime {
    let minute = Duration::MINUTE.whole_nanoseconds();
    let over = moment.unix_timestamp_nanos().rem_euclid(minute);
    let missing = (minute - over) % minute;
    // Less than a minute, which fits.
    moment + Duration::nanoseconds(i64::try_from(missing).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::task::{NewTask, TaskResult, Terms};
    use crate::{LeaseToken, RequestId, TenantId, UserId};

    const NOW: OffsetDateTime = datetime!(2026-03-01 12:00:20 UTC);

    fn task() -> Task {
        let new = NewTask {
            request_id: RequestId::new(Uuid::from_u128(1)),
            tenant: TenantId::new("acme").unwrap(),
            owner: UserId::new("ann").unwrap(),
            kind: "aggregate".into(),
            input: json!({}),
            tags: vec![],
            terms: Terms::default(),
        };
        Task::submit(new, NOW)
    }

    #[test]
    fn a_task_that_is_to_run_later_is_looked_at_later() {
        let mut task = task();
        task.terms.run_at = Some(datetime!(2026-03-01 14:00 UTC));
        assert_eq!(task.attention_at(), Some(datetime!(2026-03-01 13:50 UTC)));
        assert!(!task.is_sent_at_once(NOW));
        task.terms.run_at = Some(datetime!(2026-03-01 12:10 UTC));
        assert_eq!(task.attention_at(), Some(datetime!(2026-03-01 12:12 UTC)));
        assert!(task.is_sent_at_once(NOW));
        task.terms.run_at = Some(datetime!(2026-03-01 11:00 UTC));
        assert_eq!(task.attention_at(), Some(datetime!(2026-03-01 12:03 UTC)));
    }

    /// A worker then ends it as timed out.
    #[test]
    fn a_queued_task_is_looked_at_when_its_deadline_has_passed() {
        let mut task = task();
        for (deadline, expected) in [
            (
                datetime!(2026-03-01 12:01:10 UTC),
                datetime!(2026-03-01 12:02 UTC),
            ),
            (
                datetime!(2026-03-01 13:00 UTC),
                datetime!(2026-03-01 12:03 UTC),
            ),
        ] {
            task.terms.deadline = Some(deadline);
            assert_eq!(task.attention_at(), Some(expected));
        }
    }

    #[test]
    fn a_queued_task_is_looked_at_after_two_minutes() {
        let expected = datetime!(2026-03-01 12:03 UTC);
        assert_eq!(task().attention_at(), Some(expected));
    }

    #[test]
    fn a_running_task_is_looked_at_a_minute_after_its_lease() {
        let mut task = task();
        let token = LeaseToken::new(Uuid::from_u128(2));
        task.claim(token, NOW, Duration::seconds(30)).unwrap();
        let expected = datetime!(2026-03-01 12:02 UTC);
        assert_eq!(task.attention_at(), Some(expected));
        assert_eq!(
            attention_to_lease(datetime!(2026-03-01 12:01 UTC)),
            expected
        );
    }

    #[test]
    fn nobody_looks_at_a_task_that_has_ended() {
        let token = LeaseToken::new(Uuid::from_u128(2));
        let mut completed = task();
        let mut cancelled = completed.clone();
        completed.claim(token, NOW, Duration::MINUTE).unwrap();
        let result = TaskResult::Inline { value: json!(1) };
        completed.complete(token, result, NOW).unwrap();
        cancelled.cancel(NOW).unwrap();
        assert_eq!(completed.attention_at(), None);
        assert_eq!(cancelled.attention_at(), None);
    }

    #[test]
    fn looks_at_a_stuck_task_become_rare() {
        let created = datetime!(2026-03-01 12:00 UTC);
        let mut at = created + QUEUED;
        let mut minutes = Vec::new();
        for _ in 0..8 {
            minutes.push((at - created).whole_minutes());
            at = next_attention(created, at);
        }
        assert_eq!(minutes, [2, 4, 8, 16, 32, 64, 124, 184]);
    }

    #[test]
    fn a_clock_that_is_behind_changes_nothing() {
        let created = NOW + Duration::DAY;
        assert_eq!(next_attention(created, NOW), minute_after(NOW + QUEUED));
    }

    #[test]
    fn a_task_that_waits_for_its_next_attempt_is_not_stuck() {
        let mut task = task();
        let token = LeaseToken::new(Uuid::from_u128(2));
        task.claim(token, NOW, Duration::MINUTE).unwrap();
        let away = crate::Failure::transient("away", "");
        task.release(token, away, NOW).unwrap();
        task.again(NOW + Duration::HOUR);
        let expected = NOW + Duration::HOUR + QUEUED;
        assert_eq!(task.attention_at(), Some(minute_after(expected)));
        task.claim(token, NOW, Duration::MINUTE).unwrap();
        assert_eq!(task.again_at, None);
    }
}
