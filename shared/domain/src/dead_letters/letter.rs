//! A dead letter, understood as far as it can be.

use time::OffsetDateTime;

use super::{DeadQueue, RECEIVED_TOO_OFTEN};
use crate::failure::Failure;
use crate::ids::{RequestId, TenantId};
use crate::task::{State, Task};

/// A dead letter in hand: nobody else gets it until it is put back or removed, or its time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLetter {
    /// Its id among the dead letters. It stays the same however often the letter is taken.
    pub id: String,
    /// The queue's handle of this letter in this hand.
    pub receipt: String,
    /// The message's body, as it came.
    pub body: String,
    /// Why it is there; none where the queue itself gave it up after too many receipts.
    pub reason: Option<String>,
    /// The id that it had in its queue, where its function put it here.
    pub original_id: Option<String>,
    /// When it was put here; of one that the queue gave up, when it was sent.
    pub sent_at: OffsetDateTime,
    /// How often it has been taken, this time included.
    pub receives: u32,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Whose.
    pub tenant: Option<TenantId>,
    /// Which task.
    pub request_id: Option<RequestId>,
    /// The task's kind, or what else is asked for, in parentheses; none where the message does not
    /// say.
    pub kind: Option<String>,
}

impl About {
    /// The task that it names, where it names one.
    pub fn task(&self) -> Option<(&TenantId, RequestId)> {
        self.tenant.as_ref().zip(self.request_id)
    }
}

/// A dead letter with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// Whose dead letter.
    pub queue: DeadQueue,
    /// The letter itself.
    pub held: HeldLetter,
    /// What it is about, or why it cannot be read.
    pub about: Result<About, String>,
    /// The task that it is about, where that is known.
    pub task: Option<Box<Task>>,
}

impl Letter {
    /// What it is about, where it can be read.
    pub fn known(&self) -> Option<&About> {
        self.about.as_ref().ok()
    }

    /// Why it is there: a code, `: `, and what happened. What the letter says; without that, why its
    /// task failed; without that, [`RECEIVED_TOO_OFTEN`].
    pub fn reason(&self) -> String {
        match (&self.held.reason, self.end()) {
            (Some(reason), _) => reason.clone(),
            (None, Some(failure)) => failure.to_string(),
            (None, None) => RECEIVED_TOO_OFTEN.into(),
        }
    }

    /// The reason's code, for groups and filters.
    pub fn reason_code(&self) -> &str {
        match (&self.held.reason, self.end()) {
            (Some(reason), _) => reason.split(':').next().unwrap_or_default(),
            (None, Some(failure)) => &failure.code,
            (None, None) => RECEIVED_TOO_OFTEN,
        }
    }

    /// Why its task failed, or its last attempt did.
    pub fn failure(&self) -> Option<&Failure> {
        let task = self.task.as_ref()?;
        match &task.state {
            State::Queued | State::Running { .. } => {
                let mut errors = task.updates.iter().rev();
                errors.find_map(|one| one.error.as_ref())
            }
            ended => ended.failure(),
        }
    }

    /// Why its task has ended without a result.
    fn end(&self) -> Option<&Failure> {
        self.task.as_ref().and_then(|task| task.state.failure())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::ids::{LeaseToken, UserId};
    use crate::task::{NewTask, TaskResult, Terms};

    const NOON: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    /// A letter that was put there so many minutes after noon.
    pub(in super::super) fn letter(id: &str, reason: Option<&str>, minute: i64) -> Letter {
        Letter {
            queue: DeadQueue::Work,
            held: HeldLetter {
                id: id.into(),
                receipt: format!("receipt of {id}"),
                body: "{}".into(),
                reason: reason.map(Into::into),
                original_id: None,
                sent_at: NOON + Duration::minutes(minute),
                receives: 1,
            },
            about: Err("it cannot be read".into()),
            task: None,
        }
    }

    /// A task that a worker holds.
    pub(in super::super) fn task(kind: &str) -> (Task, LeaseToken) {
        let new = NewTask {
            request_id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            tenant: TenantId::new("acme").unwrap(),
            owner: UserId::new("ann").unwrap(),
            kind: kind.into(),
            input: serde_json::Value::Null,
            tags: vec![],
            terms: Terms::default(),
        };
        let (mut task, token) = (Task::submit(new, NOON), LeaseToken::new(Uuid::from_u128(7)));
        task.claim(token, NOON, Duration::MINUTE).unwrap();
        (task, token)
    }

    /// What the letter says, then what the task says, then that the queue gave it up.
    #[test]
    fn a_reason_is_looked_for_in_the_letter_and_in_its_task() {
        let about = |reason, task: &Task| Letter {
            task: Some(Box::new(task.clone())),
            ..letter("1", reason, 0)
        };
        let (mut task, token) = task("export");
        assert_eq!(about(None, &task).reason(), RECEIVED_TOO_OFTEN);
        assert_eq!(about(None, &task).reason_code(), RECEIVED_TOO_OFTEN);
        let failure = Failure::permanent("bad_data", "It is bad: very.");
        task.fail(token, failure, NOON).unwrap();
        assert_eq!(about(None, &task).reason(), "bad_data: It is bad: very.");
        assert_eq!(about(None, &task).reason_code(), "bad_data");
        let says = about(Some("store_unavailable: mongodb: away"), &task);
        assert_eq!(says.reason(), "store_unavailable: mongodb: away");
        assert_eq!(says.reason_code(), "store_unavailable");
    }

    #[test]
    fn a_task_that_goes_on_shows_why_its_last_attempt_failed() {
        let failure = |task: &Task| {
            let about = Letter {
                task: Some(Box::new(task.clone())),
                ..letter("1", None, 0)
            };
            about.failure().map(|failure| failure.code.clone())
        };
        let (mut task, token) = task("export");
        assert_eq!(failure(&task), None);
        let away = Failure::transient("store_unavailable", "It is away.");
        task.release(token, away, NOON).unwrap();
        assert_eq!(failure(&task).as_deref(), Some("store_unavailable"));
        let token = LeaseToken::new(Uuid::from_u128(8));
        task.claim(token, NOON, Duration::MINUTE).unwrap();
        let value = serde_json::Value::Null;
        task.complete(token, TaskResult::Inline { value }, NOON)
            .unwrap();
        assert_eq!(failure(&task), None);
    }
}
