//! WebSocket frames: JSON texts in both directions.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::task::{Phase, Progress, Status, TaskError};

mod client;

pub use client::{BadFrame, ClientFrame, LONGEST_FRAME};

/// What the server may say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// A task changed.
    Update(Box<UpdateFrame>),
    /// The answer to a ping.
    Pong {
        /// The server's clock.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// A message to everybody, from the system's operators.
    Broadcast {
        /// Its name; an id seen before is a duplicate.
        id: String,
        /// Any JSON.
        message: Value,
        /// When it was sent.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The connection ends soon: open a new one within that time, at a random moment, and close
    /// this one when the new one is open.
    Bye {
        /// Why, for people.
        reason: String,
        /// Milliseconds.
        reconnect_in_ms: u64,
    },
    /// The client's last frame was not understood or not allowed.
    Error {
        /// Stable, for programs.
        code: String,
        /// For people.
        message: String,
    },
}

/// One change of a task. Order by `version`; a version seen before is a duplicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpdateFrame {
    /// The task.
    pub request_id: String,
    /// Its kind.
    pub kind: String,
    /// The status after the change.
    pub status: Status,
    /// The version that the change made.
    pub version: u64,
    /// The phase after the change.
    pub phase: Option<Phase>,
    /// The progress after the change.
    pub progress: Option<Progress>,
    /// The attempt it belongs to.
    pub attempt: u32,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The result of a completed task, where it is small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// A short-lived link to the result of a completed task, where it is large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_url: Option<String>,
    /// Why the task, or its last attempt, failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
    /// When the change happened.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}
