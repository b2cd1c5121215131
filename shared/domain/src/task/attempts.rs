//! A task's attempts, read off its history.

use time::OffsetDateTime;

use super::{Phase, Status, Task, Update};
use crate::failure::Failure;

/// How an attempt went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// It is under way.
    Running,
    /// It gave the result.
    Completed,
    /// It ended the task without a result.
    Failed,
    /// It failed in a way that may pass; the task was queued again.
    Released,
    /// The task was called off under it.
    Cancelled,
    /// It ran out of time.
    TimedOut,
    /// Its worker was not heard of any more, and another took over.
    Lost,
}

/// One claim of a task, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// When it was claimed; none where the history no longer reaches back to that.
    pub started_at: Option<OffsetDateTime>,
    /// When it ended; none while it runs. Of a lost one, when another took over.
    pub ended_at: Option<OffsetDateTime>,
    /// How it went.
    pub outcome: AttemptOutcome,
    /// Why it gave no result.
    pub error: Option<Failure>,
}

impl Task {
    /// The attempts of which the history tells, oldest first. It holds the newest
    /// [`MOST_UPDATES`](super::MOST_UPDATES) changes, so older attempts may be missing.
    pub fn attempts(&self) -> Vec<Attempt> {
        let mut attempts: Vec<Attempt> = Vec::new();
        for update in self.updates.iter().filter(|update| update.attempt > 0) {
            match attempts.last_mut() {
                Some(last) if last.number == update.attempt => last.take(update),
                Some(last) => {
                    last.lose(update.at);
                    attempts.push(Attempt::from(update));
                }
                None => attempts.push(Attempt::from(update)),
            }
        }
        // The current attempt's start is kept with the task, however long its history.
        if let Some(last) = attempts.last_mut() {
            last.started_at = last.started_at.or(self.started_at);
        }
        attempts
    }
}

impl Attempt {
    fn from(update: &Update) -> Self {
        let is_claim = update.phase == Some(Phase::Running) && update.progress.is_none();
        let mut attempt = Self {
            number: update.attempt,
            started_at: is_claim.then_some(update.at),
            ended_at: None,
            outcome: AttemptOutcome::Running,
            error: None,
        };
        attempt.take(update);
        attempt
    }

    /// What the first update after its work says: later ones are about the task between attempts.
    fn take(&mut self, update: &Update) {
        if self.ended_at.is_some() || update.phase == Some(Phase::Running) {
            return;
        }
        self.ended_at = Some(update.at);
        self.error.clone_from(&update.error);
        self.outcome = match update.status {
            Status::Processing => AttemptOutcome::Released,
            Status::Completed => AttemptOutcome::Completed,
            Status::Failed => AttemptOutcome::Failed,
            Status::Cancelled => AttemptOutcome::Cancelled,
            Status::TimedOut => AttemptOutcome::TimedOut,
        };
    }

    fn lose(&mut self, at: OffsetDateTime) {
        if self.ended_at.is_none() {
            self.ended_at = Some(at);
            self.outcome = AttemptOutcome::Lost;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use time::Duration;
    use uuid::Uuid;

    use super::*;
    use crate::task::{MOST_UPDATES, NewTask, Progress, TaskResult, Terms};
    use crate::{LeaseToken, RequestId, TenantId, UserId};

    const LEASE: Duration = Duration::seconds(30);

    fn at(second: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::seconds(second)
    }

    fn token(number: u128) -> LeaseToken {
        LeaseToken::new(Uuid::from_u128(number))
    }

    fn task() -> Task {
        let new = NewTask {
            request_id: RequestId::new(Uuid::from_u128(1)),
            tenant: TenantId::new("t").unwrap(),
            owner: UserId::new("u").unwrap(),
            kind: "k".into(),
            input: Value::Null,
            tags: vec![],
            terms: Terms::default(),
        };
        Task::submit(new, at(0))
    }

    fn told(task: &Task) -> Vec<(u32, Option<i64>, Option<i64>, AttemptOutcome)> {
        let second = |moment: Option<OffsetDateTime>| moment.map(OffsetDateTime::unix_timestamp);
        let tell = |one: Attempt| {
            let (start, end) = (second(one.started_at), second(one.ended_at));
            (one.number, start, end, one.outcome)
        };
        task.attempts().into_iter().map(tell).collect()
    }

    #[test]
    fn each_claim_is_an_attempt_with_its_own_end() {
        use AttemptOutcome::{Cancelled, Completed, Lost, Released, Running};
        let mut task = task();
        assert_eq!(told(&task), []);
        task.claim(token(1), at(1), LEASE).unwrap();
        assert_eq!(told(&task), [(1, Some(1), None, Running)]);
        let away = Failure::transient("away", "gone for lunch");
        task.release(token(1), away.clone(), at(3)).unwrap();
        task.claim(token(2), at(5), LEASE).unwrap();
        task.claim(token(3), at(40), LEASE).unwrap();
        task.cancel(at(41)).unwrap();
        task.retry(at(50)).unwrap();
        task.claim(token(4), at(51), LEASE).unwrap();
        let value = Value::Null;
        task.complete(token(4), TaskResult::Inline { value }, at(52))
            .unwrap();
        let expected = [
            (1, Some(1), Some(3), Released),
            (2, Some(5), Some(40), Lost),
            (3, Some(40), Some(41), Cancelled),
            (4, Some(51), Some(52), Completed),
        ];
        assert_eq!(told(&task), expected);
        assert_eq!(task.attempts()[0].error, Some(away));
        assert_eq!(task.attempts()[1].error, None);
    }

    #[test]
    fn a_task_called_off_between_attempts_leaves_the_last_one_as_it_was() {
        let mut task = task();
        task.claim(token(1), at(1), LEASE).unwrap();
        let away = Failure::transient("away", "gone for lunch");
        task.release(token(1), away, at(3)).unwrap();
        task.cancel(at(9)).unwrap();
        let expected = [(1, Some(1), Some(3), AttemptOutcome::Released)];
        assert_eq!(told(&task), expected);
    }

    #[test]
    fn a_long_history_loses_the_start_of_old_attempts_only() {
        let mut task = task();
        let report = |percent| Progress {
            percent,
            message: String::new(),
        };
        for number in 1..=2 {
            task.claim(token(number), at(100), LEASE).unwrap();
            for _ in 0..MOST_UPDATES {
                task.advance(token(number), report(1), at(101), LEASE)
                    .unwrap();
            }
            assert_eq!(told(&task).last().unwrap().1, Some(100));
            let away = Failure::transient("away", "gone for lunch");
            task.release(token(number), away, at(102)).unwrap();
        }
        task.claim(token(3), at(103), LEASE).unwrap();
        assert_eq!(told(&task)[0].0, 2);
        assert_eq!(told(&task)[0].1, None);
    }
}
