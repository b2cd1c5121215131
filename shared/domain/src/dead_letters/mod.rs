//! Messages that nobody could handle, as those who run the service look at them.

mod group;
mod letter;

pub use group::grouped;
pub use letter::{About, HeldLetter, Letter};

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::operations::QueueName;

/// The reason of a letter that has none of ours: the queue gave its message up.
pub const RECEIVED_TOO_OFTEN: &str = "received_too_often";

/// A queue of dead letters, by the queue that they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
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

    /// The queue that its letters come from, and go back to as they are.
    pub fn source(self) -> QueueName {
        match self {
            Self::Work => QueueName::Work,
            Self::Updates => QueueName::Updates,
            Self::Callbacks => QueueName::Callbacks,
        }
    }

    /// The variable that holds the address of the letters, where that of their queue is held too.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Work => "TASK_DLQ_URL",
            Self::Updates => "UPDATES_DLQ_URL",
            Self::Callbacks => "CALLBACKS_DLQ_URL",
        }
    }

    /// The name of that queue.
    pub fn as_str(self) -> &'static str {
        self.source().as_str()
    }
}

impl fmt::Display for DeadQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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

#[cfg(test)]
mod tests {
    use super::*;

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
