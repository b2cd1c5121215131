//! Processing tasks, by the moment at which somebody should look at them.
//!
//! | index `by-attention` | | |
//! |---|---|---|
//! | key | `attention` | one of eight shards, by the task's id, so that no partition takes all writes |
//! | sort | `attention_at` | seconds since 1970 |
//! | also holds | `phase`, `created_at`, `priority`, `run_at`, `trace` | |
//!
//! Only processing tasks have these attributes, so the index holds no others. They are written with
//! every change of the task, and by a renewal and a deferral alone.

use async_trait::async_trait;
use domain::ports::{PortError, StuckTask, StuckTasks};
use domain::task::{Phase, Priority};
use domain::{RequestId, Task, TenantId, Trace};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;
use time::OffsetDateTime;

use super::{TABLE, Tasks, key};
use crate::dynamo::due::DueIndex;
use crate::dynamo::expiry::second;
use crate::dynamo::{Item, number, text};
use crate::error::port_error;

const INDEX: DueIndex = DueIndex {
    name: "by-attention",
    shard: "attention",
    shards: 8,
    at: "attention_at",
};

/// The attributes that put a task into the index; none for a task that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct AttentionFields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attention: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attention_at: Option<i64>,
}

impl AttentionFields {
    pub(super) fn of(task: &Task) -> Self {
        let at = task.attention_at();
        Self {
            attention: at.map(|_| shard(task.request_id)),
            attention_at: at.map(second),
        }
    }
}

/// The last digit of an id is random.
fn shard(id: RequestId) -> String {
    let digit = id
        .to_string()
        .chars()
        .last()
        .and_then(|last| last.to_digit(16));
    (digit.unwrap_or_default() % INDEX.shards).to_string()
}

#[derive(Deserialize)]
struct IndexItem {
    tenant: TenantId,
    request_id: RequestId,
    phase: Phase,
    #[serde(default)]
    priority: Priority,
    #[serde(default, with = "time::serde::rfc3339::option")]
    run_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    trace: Option<Trace>,
    attention_at: i64,
}

impl IndexItem {
    fn read(item: Item) -> Result<StuckTask, PortError> {
        let item: Self = from_item(item).map_err(|error| PortError::broken(TABLE, error))?;
        let at = OffsetDateTime::from_unix_timestamp(item.attention_at);
        Ok(StuckTask {
            tenant: item.tenant,
            request_id: item.request_id,
            phase: item.phase,
            priority: item.priority,
            run_at: item.run_at,
            created_at: item.created_at,
            trace: item.trace,
            attention_at: at.map_err(|error| PortError::broken(TABLE, error))?,
        })
    }
}

#[async_trait]
impl StuckTasks for Tasks {
    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<StuckTask>, PortError> {
        let due = INDEX.due(&self.client, &self.table, TABLE, (now, limit));
        due.await?.into_iter().map(IndexItem::read).collect()
    }

    async fn defer(&self, task: &StuckTask, until: OffsetDateTime) -> Result<(), PortError> {
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .set_key(Some(key(&task.tenant, task.request_id)))
            .update_expression("SET attention_at = :until")
            .condition_expression("attention_at = :found")
            .expression_attribute_values(":until", number(&second(until)))
            .expression_attribute_values(":found", number(&second(task.attention_at)))
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }

    async fn postpone(
        &self,
        tenant: &TenantId,
        id: RequestId,
        until: OffsetDateTime,
    ) -> Result<(), PortError> {
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .set_key(Some(key(tenant, id)))
            .update_expression("SET attention_at = :until")
            .condition_expression("#phase = :queued AND attribute_exists(attention)")
            .expression_attribute_names("#phase", "phase")
            .expression_attribute_values(":until", number(&second(until)))
            .expression_attribute_values(":queued", text(Phase::Queued.name()))
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }
}
