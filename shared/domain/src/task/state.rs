//! The states of a task. Data that only makes sense in one state lives inside it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Lease;
use crate::failure::Failure;

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Waits for a worker.
    Queued,
    /// A worker holds it.
    Running {
        /// The claim of that worker.
        lease: Lease,
    },
    /// Done.
    Completed {
        /// What came out.
        result: TaskResult,
    },
    /// Ended without a result.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Called off by its tenant.
    Cancelled,
    /// Ran out of time.
    TimedOut {
        /// Which limit it hit.
        failure: Failure,
    },
}

/// The caller-visible status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Queued or running; [`Phase`] says which.
    Processing,
    /// Ended with a result.
    Completed,
    /// Ended without a result.
    Failed,
    /// Called off.
    Cancelled,
    /// Ran out of time.
    TimedOut,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Processing,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::TimedOut,
    ];

    /// Whether no further change can follow, save by an explicit retry.
    pub fn is_terminal(self) -> bool {
        self != Self::Processing
    }

    /// The name that callers see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What a processing task is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Waits for a worker.
    Queued,
    /// A worker holds it.
    Running,
}

impl Phase {
    /// The name that callers see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
        }
    }
}

/// How far a running task is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// 0 to 100.
    pub percent: u8,
    /// What it is doing, for people.
    pub message: String,
}

/// What came out of a completed task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "snake_case")]
pub enum TaskResult {
    /// Small enough to travel with the task.
    Inline {
        /// The result itself.
        value: Value,
    },
    /// In the result store.
    Stored {
        /// The object's key, chosen by us.
        key: String,
        /// Its size.
        bytes: u64,
    },
}

impl State {
    /// The caller-visible status.
    pub fn status(&self) -> Status {
        match self {
            Self::Queued | Self::Running { .. } => Status::Processing,
            Self::Completed { .. } => Status::Completed,
            Self::Failed { .. } => Status::Failed,
            Self::Cancelled => Status::Cancelled,
            Self::TimedOut { .. } => Status::TimedOut,
        }
    }

    /// Queued or running, while processing.
    pub fn phase(&self) -> Option<Phase> {
        match self {
            Self::Queued => Some(Phase::Queued),
            Self::Running { .. } => Some(Phase::Running),
            _ => None,
        }
    }

    /// Why the task ended without a result.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { failure } | Self::TimedOut { failure } => Some(failure),
            _ => None,
        }
    }

    /// What came out.
    pub fn result(&self) -> Option<&TaskResult> {
        match self {
            Self::Completed { result } => Some(result),
            _ => None,
        }
    }
}
