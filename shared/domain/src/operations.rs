//! What those who run the service look at: how full the queues are, and how it stands.

use std::fmt;

use time::OffsetDateTime;

use crate::dead_letters::DeadQueue;
use crate::overflow::Takers;
use crate::pool::Heartbeat;

/// A queue between the functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// Tasks on their way to workers.
    Work,
    /// Tasks of high priority on their way to workers.
    Urgent,
    /// Updates, and what else the pusher is asked for.
    Updates,
    /// Ends of tasks on their way to their submitters.
    Callbacks,
}

impl QueueName {
    /// Every queue, in the order in which people look at them.
    pub const ALL: [Self; 4] = [Self::Work, Self::Urgent, Self::Updates, Self::Callbacks];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Urgent => "urgent",
            Self::Updates => "updates",
            Self::Callbacks => "callbacks",
        }
    }

    /// The variable that holds its address: in every function, among the stack's outputs, and in the
    /// description of a local stack.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Work => "TASK_QUEUE_URL",
            Self::Urgent => "URGENT_TASK_QUEUE_URL",
            Self::Updates => "UPDATES_QUEUE_URL",
            Self::Callbacks => "CALLBACKS_QUEUE_URL",
        }
    }

    /// Where its dead letters are, if it has them to itself: those of urgent tasks lie with those
    /// of all tasks.
    pub fn dead_letters(self) -> Option<DeadQueue> {
        match self {
            Self::Work => Some(DeadQueue::Work),
            Self::Urgent => None,
            Self::Updates => Some(DeadQueue::Updates),
            Self::Callbacks => Some(DeadQueue::Callbacks),
        }
    }
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much is in a queue, or among its dead letters; none is what the queue did not say. SQS counts
/// approximately, and is right a minute after the last change
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Messages that wait for a receiver.
    pub visible: Option<u64>,
    /// Messages that somebody has received and not acknowledged.
    pub in_flight: Option<u64>,
    /// Messages that nobody gets yet.
    pub delayed: Option<u64>,
}

/// A queue, and how much is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueDepth {
    /// The queue.
    pub name: QueueName,
    /// Messages that wait for a receiver.
    pub visible: u64,
    /// Messages that somebody has received and not acknowledged.
    pub in_flight: u64,
    /// Messages that nobody gets yet.
    pub delayed: u64,
    /// Its dead letters, those in hand included; 0 where they lie with those of another queue.
    pub dead: u64,
}

impl QueueDepth {
    /// What a queue did not say counts as nothing.
    pub fn of(name: QueueName, waiting: Depth, dead: Depth) -> Self {
        let said = |figure: Option<u64>| figure.unwrap_or_default();
        Self {
            name,
            visible: said(waiting.visible),
            in_flight: said(waiting.in_flight),
            delayed: said(waiting.delayed),
            dead: said(dead.visible) + said(dead.in_flight) + said(dead.delayed),
        }
    }
}

/// How the service stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// When it was so.
    pub at: OffsetDateTime,
    /// Every queue.
    pub queues: Vec<QueueDepth>,
    /// Connections that may be open.
    pub open: u64,
    /// Whether these are all, or there are more than were counted.
    pub counted_all: bool,
    /// The last word of each process of the pool.
    pub pool: Vec<Heartbeat>,
    /// Who takes queued tasks; none where it could not be learnt.
    pub takers: Option<Takers>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_of_dead_letters_belongs_to_one_queue() {
        let owned = QueueName::ALL
            .into_iter()
            .filter_map(QueueName::dead_letters);
        assert_eq!(owned.collect::<Vec<_>>(), DeadQueue::ALL);
    }
}
