//! The bodies of `POST /notify`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::task::{Phase, Progress, Status, TaskError};

/// The body of `POST /notify`: what a worker outside says of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyBody {
    /// The task.
    pub request_id: String,
    /// `processing`, `completed` or `failed`.
    pub status: Status,
    /// How far it is, with `processing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What came out, with `completed`: any JSON up to 32 KiB; null without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Why it cannot be done, with `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
}

/// The answer of `POST /notify`: the task after the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotifiedBody {
    /// The task.
    pub request_id: String,
    /// Its status now.
    pub status: Status,
    /// Its phase now.
    pub phase: Option<Phase>,
    /// Its version now.
    pub version: u64,
}
