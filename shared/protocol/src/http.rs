//! HTTP bodies.

mod batch;
mod broadcast;
mod kinds;
mod notify;
mod operators;
mod report;
mod series;
mod upload;
mod usage;

pub use batch::{
    BatchBody, BatchItem, BatchOutcome, BatchOutcomes, BatchProblem, BatchRefused, BatchTaken,
};
pub use broadcast::{BroadcastBody, BroadcastTaken, ReconnectBody};
pub use kinds::{KindBody, KindsBody};
pub use notify::{NotifiedBody, NotifyBody};
pub use operators::{
    ConnectionCount, ConnectionsBody, DeadLetterBody, DeadLetterGroup, DeadLettersBody,
    PoolProcess, QueueBody, RedriveBody, RedriveOutcome, ShardBody, SystemBody, TenantConnections,
    UserConnections,
};
pub use report::{ReportBody, ReportSummary, ReportsBody};
pub use series::{SeriesBody, TimeSeriesBody};
pub use upload::{UploadBody, UploadOffer};
pub use usage::UsageBody;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::task::{Phase, Priority, Progress, Status, TaskError};

/// The answer of `GET /health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthBody {
    /// `ok`, or `unavailable` with a 503.
    pub status: String,
    /// Each store with `ok` or `unavailable`.
    pub checks: std::collections::BTreeMap<String, String>,
}

/// The answer of `GET /dashboard`: exactly these three.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DashboardBody {
    /// Distinct users of the tenant.
    pub user_count: u64,
    /// Sessions started, not ended, and not idle for over 30 minutes.
    pub active_sessions: u64,
    /// Mean response time over the window, in milliseconds; 0 without requests.
    pub avg_response_time_ms: f64,
}

/// The answer of `GET /logs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LogsBody {
    /// The lines, newest first, with the fields that they were sent with.
    #[schema(value_type = Vec<Object>)]
    pub lines: Vec<Value>,
    /// Give it as `cursor` for the next page; null after the last line.
    pub next_cursor: Option<String>,
}

/// The body of `POST /events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventsBody {
    /// Up to 1,000 events; see the guide for their fields.
    #[schema(value_type = Vec<Object>)]
    pub events: Vec<Value>,
}

/// The answer of `POST /events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventsOutcome {
    /// How many were new and are stored.
    pub accepted: usize,
    /// How many were known already and changed nothing.
    pub duplicates: usize,
    /// The items that were refused.
    pub errors: Vec<EventProblem>,
}

/// One refused item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventProblem {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Stable, for programs.
    pub code: String,
    /// For people.
    pub message: String,
}

/// The body of `POST /tasks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitBody {
    /// A registered kind, for example `aggregate`.
    pub kind: String,
    /// The kind's input.
    #[serde(default = "empty_object")]
    #[schema(value_type = Object)]
    pub input: Value,
    /// Up to 10 labels of up to 64 bytes.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Which tasks go first where they cannot all run at once; `normal` where not given.
    #[serde(default)]
    pub priority: Priority,
    /// Run it this many seconds from now. Give this or `run_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<u32>,
    /// Run it at this moment, at most 7 days ahead.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub run_at: Option<OffsetDateTime>,
    /// From this moment on its result is of no use: then it ends as `timed_out`.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub deadline: Option<OffsetDateTime>,
    /// Where a signed webhook goes when it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
}

fn empty_object() -> Value {
    Value::Object(serde_json::Map::new())
}

/// The confirmation of `POST /tasks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubmittedBody {
    /// The task's name.
    pub request_id: String,
    /// `processing`.
    pub status: Status,
    /// For people.
    pub message: String,
    /// 1: everything after it is still to come over the WebSocket.
    pub version: u64,
}

/// A task in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskSummary {
    /// The task's name.
    pub request_id: String,
    /// Its kind.
    pub kind: String,
    /// Where it stands.
    pub status: Status,
    /// Queued or running, while processing.
    pub phase: Option<Phase>,
    /// Raised by one with every change.
    pub version: u64,
    /// How far the running attempt is.
    pub progress: Option<Progress>,
    /// How often a worker has claimed it.
    pub attempt: u32,
    /// Why it failed.
    pub error: Option<TaskError>,
    /// Its labels.
    pub tags: Vec<String>,
    /// Which tasks go first.
    pub priority: Priority,
    /// Not before this moment; null where at once.
    #[serde(with = "time::serde::rfc3339::option")]
    pub run_at: Option<OffsetDateTime>,
    /// When it ends as `timed_out` at the latest; null where never.
    #[serde(with = "time::serde::rfc3339::option")]
    pub deadline: Option<OffsetDateTime>,
    /// When it was submitted.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// When the current attempt was claimed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

/// The answer of `GET /tasks/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskBody {
    /// What a list shows of it.
    #[serde(flatten)]
    pub summary: TaskSummary,
    /// The kind's input.
    #[schema(value_type = Object)]
    pub input: Value,
    /// Who is told of its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// The result of a completed task, where it is small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// A short-lived link to the result of a completed task, where it is large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_url: Option<String>,
    /// Its attempts, oldest first, as far as the history reaches.
    #[serde(default)]
    pub attempts: Vec<AttemptBody>,
    /// The newest changes, oldest first.
    pub updates: Vec<UpdateBody>,
    /// What it has used, once it has ended. Messages that tell of the end join it a moment later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<UsageBody>,
    /// What that costs at list price, in US dollars, once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
}

/// One attempt at a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AttemptBody {
    /// Counted from 1.
    pub attempt: u32,
    /// When a worker claimed it; null where the history no longer reaches that far.
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    /// When it ended; null while it runs.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// How it went.
    pub outcome: AttemptOutcome,
    /// Why it gave no result.
    pub error: Option<TaskError>,
}

/// How an attempt went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// It is under way.
    Running,
    /// It gave the result.
    Completed,
    /// It ended the task without a result.
    Failed,
    /// It failed in a way that may pass; the task was queued again.
    Released,
    /// The task was called off under it.
    Cancelled,
    /// It ran out of time.
    TimedOut,
    /// Its worker was not heard of any more, and another took over.
    Lost,
}

/// One change of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UpdateBody {
    /// The version that the change made.
    pub version: u64,
    /// The status after it.
    pub status: Status,
    /// The phase after it.
    pub phase: Option<Phase>,
    /// The progress after it.
    pub progress: Option<Progress>,
    /// The attempt it belongs to.
    pub attempt: u32,
    /// Why the task, or its last attempt, failed.
    pub error: Option<TaskError>,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// The answer of `GET /tasks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TasksBody {
    /// Newest first.
    pub tasks: Vec<TaskSummary>,
    /// Give it as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// The answer of `GET /tasks/{id}/result`: the result itself or a link to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ResultBody {
    /// A small result.
    Inline {
        /// The result itself.
        #[schema(value_type = Object)]
        result: Value,
    },
    /// A large one.
    Link {
        /// Where to fetch it, without a token.
        result_url: String,
        /// When the link stops working.
        #[serde(with = "time::serde::rfc3339")]
        expires_at: OffsetDateTime,
    },
}

/// The answer of `GET /webhooks/secret`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookSecretBody {
    /// What webhooks are signed with: `whsec_` and base64.
    pub secret: String,
    /// What they are signed with too, while secrets are being exchanged.
    pub previous: Option<String>,
}

/// The answer of `POST /realtime/tickets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TicketBody {
    /// The secret, good for one connection.
    pub ticket: String,
    /// When it stops working.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Where to connect, ticket included.
    pub url: String,
}
