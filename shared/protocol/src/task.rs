//! The parts of a task that both HTTP bodies and WebSocket frames show.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a task stands. Terminal states never change, save by an explicit retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Queued or running; `phase` says which.
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

/// What a processing task is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Waits for a worker.
    Queued,
    /// A worker holds it.
    Running,
}

/// Which tasks go first where they cannot all run at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// As submitted.
    #[default]
    Normal,
    /// Before normal ones, which still get their turn.
    High,
}

/// How far a running task is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// 0 to 100.
    pub percent: u8,
    /// What it is doing, for people.
    pub message: String,
}

/// Why a task, or one attempt of it, did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskError {
    /// Stable, for programs.
    pub code: String,
    /// For people.
    pub message: String,
}
