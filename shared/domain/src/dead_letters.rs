//! Messages that nobody could handle, as those who run the service look at them.

use std::collections::BTreeMap;
use std::str::FromStr;

use time::{Duration, OffsetDateTime};

use crate::failure::Failure;
use crate::ids::{RequestId, TenantId};
use crate::operations::QueueName;
use crate::task::{State, Status, Task};

/// How long a letter stays in a hand: longer than API Gateway waits for an answer, 29 seconds.
pub const IN_HAND: Duration = Duration::seconds(30);

/// The reason of a letter that has none of ours: the queue gave its message up.
pub const RECEIVED_TOO_OFTEN: &str = "received_too_often";

/// A queue of dead letters, by the queue that they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeadQueue {
    /// Of tasks, urgent ones too.
    Work,
    /// Of updates.
    Updates,
    /// Of callbacks.
    Callbacks,
}

impl DeadQueue {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Work, Self::Updates, Self::Callbacks];

    /// The name of the queue that its letters come from.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Work => QueueName::Work.as_str(),
            Self::Updates => QueueName::Updates.as_str(),
            Self::Callbacks => QueueName::Callbacks.as_str(),
        }
    }
}

/// There is no such queue of dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be work (urgent tasks too), updates or callbacks")]
pub struct NoDeadQueue;

impl FromStr for DeadQueue {
    type Err = NoDeadQueue;

    fn from_str(text: &str) -> Result<Self, NoDeadQueue> {
        let named = Self::ALL.into_iter().find(|queue| queue.as_str() == text);
        named.ok_or(NoDeadQueue)
    }
}

/// A dead letter in hand: nobody else gets it until it is put back or removed, or its time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuriedLetter {
    /// Its own id among the dead.
    pub message_id: String,
    /// The body of the message that it was.
    pub body: String,
    /// Why it is there; none where the queue itself gave it up after too many receipts.
    pub reason: Option<String>,
    /// When it was buried; of one that the queue gave up, when it was sent.
    pub since: OffsetDateTime,
    /// The queue's handle of this letter in this hand.
    pub receipt: String,
}

/// A letter that was looked at, and the task that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The letter's own id.
    pub message_id: String,
    /// Why it is there; none where the queue itself gave it up.
    pub reason: Option<String>,
    /// Since when.
    pub since: OffsetDateTime,
    /// The task that it names, where it names one.
    pub about: Option<(TenantId, RequestId)>,
    /// How that task stands, where it is still there.
    pub standing: Option<Standing>,
}

/// How a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its kind.
    pub kind: String,
    /// Its status.
    pub status: Status,
    /// Why it failed, or its last attempt did.
    pub failure: Option<Failure>,
}

impl From<&Task> for Standing {
    fn from(task: &Task) -> Self {
        let last = || task.updates.iter().rev().find_map(|one| one.error.clone());
        let failure = match &task.state {
            State::Failed { failure } | State::TimedOut { failure } => Some(failure.clone()),
            State::Queued | State::Running { .. } => last(),
            State::Completed { .. } | State::Cancelled => None,
        };
        Self {
            kind: task.kind.clone(),
            status: task.status(),
            failure,
        }
    }
}

/// Letters with the same reason, about tasks of the same kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The reason's code.
    pub reason: String,
    /// The tasks' kind.
    pub kind: Option<String>,
    /// They, oldest first.
    pub letters: Vec<Examined>,
}

/// Letters by reason and kind: the largest group first, equal ones by name.
pub fn groups(letters: Vec<Examined>) -> Vec<Group> {
    let mut sorted: BTreeMap<(String, Option<String>), Vec<Examined>> = BTreeMap::new();
    for letter in letters {
        let kind = letter.standing.as_ref().map(|task| task.kind.clone());
        let key = (code(letter.reason.as_deref()).to_owned(), kind);
        sorted.entry(key).or_default().push(letter);
    }
    let group = |((reason, kind), mut letters): (_, Vec<Examined>)| {
        letters.sort_by(|a, b| (a.since, &a.message_id).cmp(&(b.since, &b.message_id)));
        Group {
            reason,
            kind,
            letters,
        }
    };
    let mut groups: Vec<_> = sorted.into_iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.letters.len()));
    groups
}

/// A reason is a code, `: `, and what happened.
fn code(reason: Option<&str>) -> &str {
    let reason = reason.unwrap_or(RECEIVED_TOO_OFTEN);
    reason.split_once(": ").map_or(reason, |(code, _)| code)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    fn letter(id: &str, reason: Option<&str>, kind: Option<&str>, minute: i64) -> Examined {
        Examined {
            message_id: id.into(),
            reason: reason.map(Into::into),
            since: NOON + Duration::minutes(minute),
            about: None,
            standing: kind.map(|kind| Standing {
                kind: kind.into(),
                status: Status::Failed,
                failure: None,
            }),
        }
    }

    #[test]
    fn letters_are_grouped_by_code_and_kind_and_the_most_come_first() {
        let found = groups(vec![
            letter("1", Some("unreadable_message: v 9"), None, 3),
            letter("2", Some("store_unavailable: mongodb"), Some("export"), 2),
            letter("3", Some("store_unavailable: postgres"), Some("export"), 1),
            letter("4", Some("store_unavailable: mongodb"), Some("analyze"), 0),
            letter("5", None, Some("export"), 0),
        ]);
        let shown: Vec<(&str, Option<&str>, Vec<&str>)> = found
            .iter()
            .map(|group| {
                let ids = group.letters.iter().map(|one| one.message_id.as_str());
                (group.reason.as_str(), group.kind.as_deref(), ids.collect())
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("store_unavailable", Some("export"), vec!["3", "2"]),
                ("received_too_often", Some("export"), vec!["5"]),
                ("store_unavailable", Some("analyze"), vec!["4"]),
                ("unreadable_message", None, vec!["1"]),
            ]
        );
    }

    #[test]
    fn queues_of_dead_letters_are_known_by_their_names() {
        for queue in DeadQueue::ALL {
            assert_eq!(queue.as_str().parse(), Ok(queue));
        }
        for text in ["", "Work", "urgent", "work "] {
            assert_eq!(text.parse::<DeadQueue>(), Err(NoDeadQueue), "{text}");
        }
    }
}
