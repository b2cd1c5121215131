//! The layout of a task's item.

use domain::ports::PortError;
use domain::task::{Progress, Task, Update};
use domain::{RequestId, TenantId, Trace, Usage, UserId};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::TABLE;
use super::attention::AttentionFields;
use super::state::StateFields;
use super::terms::TermsFields;
use crate::dynamo::expiry::second;
use crate::dynamo::{Item, LAYOUT, layout};

/// How long a task is kept after its last change.
pub(super) const KEPT: Duration = Duration::days(30);

/// A task as it is stored. What a list leaves out has a default.
///
/// The input is JSON text: `DynamoDB` nests 32 levels and holds numbers up to 1e126 only, and a
/// caller's input is to come back as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TaskItem {
    /// The layout's version.
    pub(super) v: u8,
    pub(super) tenant: TenantId,
    pub(super) request_id: RequestId,
    pub(super) owner: UserId,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) input: Option<String>,
    pub(super) tags: Vec<String>,
    #[serde(flatten)]
    pub(super) terms: TermsFields,
    #[serde(flatten)]
    pub(super) state: StateFields,
    pub(super) version: u64,
    #[serde(default, skip_serializing_if = "Usage::is_none")]
    pub(super) usage: Usage,
    #[serde(default, skip_serializing_if = "Usage::is_none")]
    pub(super) used_before: Usage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) progress: Option<Progress>,
    pub(super) attempt: u32,
    #[serde(default)]
    pub(super) tries: u32,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) updated_at: OffsetDateTime,
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) started_at: Option<OffsetDateTime>,
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) finished_at: Option<OffsetDateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trace: Option<Trace>,
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) again_at: Option<OffsetDateTime>,
    #[serde(default)]
    pub(super) updates: Vec<Update>,
    /// Seconds since 1970.
    pub(super) expires_at: i64,
    #[serde(flatten)]
    pub(super) attention: AttentionFields,
}

impl TaskItem {
    /// What a list reads: all but `input`, `updates`, `result` and what only the index needs.
    pub(super) const LISTED: [&str; 30] = [
        "v",
        "tenant",
        "request_id",
        "owner",
        "kind",
        "tags",
        "priority",
        "run_at",
        "deadline",
        "callback_url",
        "status",
        "phase",
        "lease_token",
        "lease_until",
        "failure",
        "result_key",
        "result_bytes",
        "version",
        "usage",
        "used_before",
        "progress",
        "attempt",
        "tries",
        "created_at",
        "updated_at",
        "started_at",
        "finished_at",
        "expires_at",
        "trace",
        "again_at",
    ];

    pub(super) fn of(task: &Task) -> Self {
        Self {
            v: LAYOUT,
            tenant: task.tenant.clone(),
            request_id: task.request_id,
            owner: task.owner.clone(),
            kind: task.kind.clone(),
            input: Some(task.input.to_string()),
            tags: task.tags.clone(),
            terms: TermsFields::of(&task.terms),
            state: StateFields::of(&task.state),
            version: task.version,
            usage: task.usage,
            used_before: task.used_before,
            progress: task.progress.clone(),
            attempt: task.attempt,
            tries: task.tries,
            created_at: task.created_at,
            updated_at: task.updated_at,
            started_at: task.started_at,
            finished_at: task.finished_at,
            trace: task.trace,
            again_at: task.again_at,
            updates: task.updates.clone(),
            expires_at: second(task.updated_at + KEPT),
            attention: AttentionFields::of(task),
        }
    }

    pub(super) fn into_task(self) -> Result<Task, PortError> {
        Ok(Task {
            request_id: self.request_id,
            tenant: self.tenant,
            owner: self.owner,
            kind: self.kind,
            input: json(self.input)?,
            tags: self.tags,
            terms: self.terms.into_terms(),
            state: self.state.into_state()?,
            version: self.version,
            usage: self.usage,
            used_before: self.used_before,
            progress: self.progress,
            attempt: self.attempt,
            tries: self.tries,
            created_at: self.created_at,
            updated_at: self.updated_at,
            started_at: self.started_at,
            finished_at: self.finished_at,
            trace: self.trace,
            again_at: self.again_at,
            updates: self.updates,
        })
    }

    pub(super) fn into_item(self) -> Result<Item, PortError> {
        to_item(self).map_err(|error| PortError::broken(TABLE, error))
    }

    pub(super) fn from_item(item: Item) -> Result<Self, PortError> {
        layout::read(item, TABLE)
    }
}

/// JSON kept as text; null where a list left it out.
pub(super) fn json(text: Option<String>) -> Result<Value, PortError> {
    let parsed = text.map(|text| serde_json::from_str(&text)).transpose();
    let value = parsed.map_err(|error| PortError::broken(TABLE, error))?;
    Ok(value.unwrap_or_default())
}
