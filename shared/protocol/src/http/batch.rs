//! Many tasks in one request.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{SubmittedBody, empty_object};
use crate::problem::FieldProblem;

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
    /// What the header `Idempotency-Key` is to a single task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
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
}
