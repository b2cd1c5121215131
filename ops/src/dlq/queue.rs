//! The queues that have dead letters.

use std::fmt;
use std::sync::Arc;

use clap::ValueEnum;
use domain::ports::{DeadLetterDesk, SourceQueue};
use serde::Serialize;

/// A queue, by what travels on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueName {
    /// Tasks on their way to workers, urgent ones too.
    Tasks,
    /// Updates on their way to the pusher.
    Updates,
    /// Ends of tasks on their way to those who are called back.
    Callbacks,
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tasks => "tasks",
            Self::Updates => "updates",
            Self::Callbacks => "callbacks",
        })
    }
}

/// The dead letters of a queue, and the queue that they came from.
#[derive(Clone)]
pub struct Queue {
    /// Which.
    pub name: QueueName,
    /// Its dead letters.
    pub desk: Arc<dyn DeadLetterDesk>,
    /// The queue itself.
    pub source: Arc<dyn SourceQueue>,
}
