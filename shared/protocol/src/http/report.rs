//! The answers of `GET /reports` and `GET /reports/{id}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// A report in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReportSummary {
    /// The task that made it; names the report too.
    pub request_id: String,
    /// What it is called, for people.
    pub title: String,
    /// The task's kind.
    pub kind: String,
    /// The task's input.
    #[schema(value_type = Object)]
    pub input: Value,
    /// The task's labels.
    pub tags: Vec<String>,
    /// When the task ended.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// How many rows the result has; null where it is large.
    pub row_count: Option<u64>,
    /// The length of the result, as JSON.
    pub bytes: u64,
}

/// The answer of `GET /reports`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReportsBody {
    /// Newest first.
    pub reports: Vec<ReportSummary>,
    /// Give it as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// The answer of `GET /reports/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReportBody {
    /// What a list shows of it.
    #[serde(flatten)]
    pub summary: ReportSummary,
    /// The result, where it is small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// A short-lived link to the result, where it is large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_url: Option<String>,
}
