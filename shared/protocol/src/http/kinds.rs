//! Kinds of tasks.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The answer of `GET /kinds`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KindsBody {
    /// Every kind, by name.
    pub kinds: Vec<KindBody>,
}

/// A kind of task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KindBody {
    /// What a submission names as `kind`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it does.
    pub summary: String,
    /// What the cost of its tasks grows with.
    pub cost_drivers: String,
    /// Whether programs outside run its tasks, and report with `POST /notify`.
    pub outside: bool,
    /// The JSON Schema (2020-12) of a submission's `input`.
    #[schema(value_type = Object)]
    pub input: Value,
}
