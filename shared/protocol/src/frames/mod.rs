//! WebSocket frames: JSON texts in both directions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::http::SystemBody;
use crate::task::{Phase, Progress, Status, TaskError};

mod client;
mod code;
mod topic;

pub use client::{BadFrame, ClientFrame, LONGEST_FRAME, MOST_RESUMED, VERSION};
pub use code::ErrorCode;
pub use topic::{Stream, TopicName};

/// The WebSocket subprotocol that these frames make up.
pub const SUBPROTOCOL: &str = "adology.v1";

/// API Gateway counts a message in pieces of this many bytes, each as one
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
pub const METERED_FRAME: usize = 32 * 1024;

/// What the server may say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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
    /// From now on the connection hears of the topic.
    Subscribed {
        /// The topic.
        #[serde(flatten)]
        topic: TopicName,
        /// Of a task: its version at a moment when the subscription was already in force.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
    },
    /// From now on the connection does not hear of the topic.
    Unsubscribed {
        /// The topic.
        #[serde(flatten)]
        topic: TopicName,
    },
    /// Every update that a resume asked for has been sent before this frame.
    Resumed {
        /// Whether that is so of every task of the resume.
        recovered: bool,
        /// What became of each task.
        tasks: BTreeMap<String, ResumedTask>,
    },
    /// New log lines, as they were stored. Some may come twice, or out of order.
    Logs {
        /// The level that was subscribed to; `*` for all.
        level: String,
        /// The lines, with the fields that they were sent with, as `GET /logs` shows them.
        #[schema(value_type = Vec<Object>)]
        lines: Vec<Value>,
        /// How many lines were left out before these, because there were too many or they were too
        /// large; `GET /logs` has them.
        left_out: u64,
    },
    /// How the service stands, on the operators' stream.
    System(Box<SystemBody>),
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

/// How the resumption of one task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResumedTask {
    /// The version up to which updates have been sent; 0 where the tenant has no such task.
    pub version: u64,
    /// Whether nothing is missing. Where the history did not reach back far enough, its newest
    /// update alone was sent.
    pub recovered: bool,
}

/// One change of a task. Order by `version`; a version seen before is a duplicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UpdateFrame {
    /// The stream that this copy was sent to. Copies for those who follow the task have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<Stream>,
    /// Whose task, on a stream that spans tenants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
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
