//! Many tasks in one request.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{SubmitBody, SubmittedBody, empty_object};
use crate::problem::FieldProblem;
use crate::task::Priority;

/// The body of `POST /tasks/batch`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchBody {
    /// 1 to 100 tasks, each read on its own: a wrong one does not hinder the others.
    #[schema(value_type = Vec<BatchItem>)]
    pub tasks: Vec<Value>,
}

/// One task of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchItem {
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
    /// What the header `Idempotency-Key` is to a single task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

impl BatchItem {
    /// What a single submission's body would be, and its key.
    pub fn into_parts(self) -> (SubmitBody, Option<String>) {
        let body = SubmitBody {
            kind: self.kind,
            input: self.input,
            tags: self.tags,
            priority: self.priority,
            delay: self.delay,
            run_at: self.run_at,
            deadline: self.deadline,
            callback_url: self.callback_url,
        };
        (body, self.idempotency_key)
    }
}

/// The answer of `POST /tasks/batch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchOutcomes {
    /// What became of each task, in their order.
    pub tasks: Vec<BatchOutcome>,
}

/// What became of one task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum BatchOutcome {
    /// It was taken on.
    Taken(BatchTaken),
    /// It was not.
    Refused(BatchRefused),
}

/// The confirmation of one task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchTaken {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// What a single submission is confirmed with.
    #[serde(flatten)]
    pub confirmation: SubmittedBody,
    /// Whether an earlier submission with the same key made the task.
    pub replayed: bool,
}

/// One task that was not taken on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchRefused {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Why.
    pub error: BatchProblem,
}

/// Why one task was not taken on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchProblem {
    /// Stable, for programs: the codes of `POST /tasks`.
    pub code: String,
    /// For people.
    pub message: String,
    /// The fields at fault, by their paths inside the task.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// With `rate_limited` and `paused`: the seconds after which it is worth another try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}
