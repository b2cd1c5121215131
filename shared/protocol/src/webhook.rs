//! What receivers of webhooks get: the JSON that is signed and sent.
//!
//! The form is that of the Standard Webhooks specification: `type`, `timestamp` and `data`
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::task::{Status, TaskError};

/// What happened. The second part is the task's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookType {
    /// It ended with a result.
    #[serde(rename = "task.completed")]
    Completed,
    /// It ended without one.
    #[serde(rename = "task.failed")]
    Failed,
    /// It was called off.
    #[serde(rename = "task.cancelled")]
    Cancelled,
    /// It ran out of time.
    #[serde(rename = "task.timed_out")]
    TimedOut,
}

/// The end of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookBody {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: WebhookType,
    /// When it happened; the same at every attempt to tell it.
    #[serde(with = "time::serde::rfc3339")]
    pub timestamp: OffsetDateTime,
    /// The task.
    pub data: WebhookTask,
}

/// A task that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookTask {
    /// The task.
    pub request_id: String,
    /// Its kind.
    pub kind: String,
    /// How it ended.
    pub status: Status,
    /// The version that ended it. A task that is retried ends again, with a higher one.
    pub version: u64,
    /// Its tags.
    pub tags: Vec<String>,
    /// A small result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Where to fetch a large result, without a token, for a quarter of an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_url: Option<String>,
    /// Why it ended without a result.
    pub error: Option<TaskError>,
}
