//! Who waits: one item each, sorted by rank.

use async_trait::async_trait;
use domain::lanes::rank;
use domain::ports::{Job, PortError, WaitingRoom};
use domain::task::Priority;
use domain::{RequestId, TenantId, Trace};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use time::{Duration, OffsetDateTime};

use super::{LaneTable, TABLE};
use crate::dynamo::expiry::second;
use crate::dynamo::write_batch::{delete_all, put_all};
use crate::dynamo::{Item, LAYOUT, layout, text};
use crate::error::port_error;

/// As long as the task itself is kept.
const KEPT: Duration = Duration::days(30);

/// The largest of thirteen digits.
const LAST_RANK: i128 = 9_999_999_999_999;

#[derive(Serialize, Deserialize)]
struct WaitingItem {
    tenant: TenantId,
    slot: String,
    request_id: RequestId,
    priority: Priority,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    run_at: Option<OffsetDateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<Trace>,
    expires_at: i64,
    v: u8,
}

/// Texts sort as the ranks do: thirteen digits of milliseconds last until 2286.
fn slot(job: &Job) -> String {
    format!("wait#{:013}#{}", rank(job), job.request_id)
}

/// After the slots of all that are due by the moment; after all slots where there is none.
fn last_slot(due_by: Option<OffsetDateTime>) -> String {
    let milliseconds = |moment: OffsetDateTime| moment.unix_timestamp_nanos() / 1_000_000;
    let rank = due_by.map_or(LAST_RANK, milliseconds);
    format!("wait#{rank:013}#~")
}

fn item(job: &Job) -> Result<Item, PortError> {
    let item = WaitingItem {
        tenant: job.tenant.clone(),
        slot: slot(job),
        request_id: job.request_id,
        priority: job.priority,
        created_at: job.created_at,
        run_at: job.run_at,
        trace: job.trace,
        expires_at: second(job.created_at + KEPT),
        v: LAYOUT,
    };
    to_item(item).map_err(|error| PortError::broken(TABLE, error))
}

fn job(item: Item) -> Result<Job, PortError> {
    let item: WaitingItem = layout::read(item, TABLE)?;
    Ok(Job {
        tenant: item.tenant,
        request_id: item.request_id,
        priority: item.priority,
        created_at: item.created_at,
        run_at: item.run_at,
        trace: item.trace,
    })
}

fn key(job: &Job) -> Item {
    Item::from([
        ("tenant".into(), text(&job.tenant)),
        ("slot".into(), text(&slot(job))),
    ])
}

#[async_trait]
impl WaitingRoom for LaneTable {
    async fn wait(&self, jobs: &[Job]) -> Result<(), PortError> {
        let items: Result<Vec<_>, _> = jobs.iter().map(item).collect();
        put_all(&self.client, &self.table, TABLE, items?).await
    }

    /// Reads consistently: who has just begun to wait is seen by whoever ends after that.
    async fn first(
        &self,
        tenant: &TenantId,
        due_by: Option<OffsetDateTime>,
        count: usize,
    ) -> Result<Vec<Job>, PortError> {
        let query = self.client.query().table_name(&self.table);
        let sent = query
            .consistent_read(true)
            .key_condition_expression("tenant = :tenant AND slot BETWEEN :first AND :last")
            .expression_attribute_values(":tenant", text(tenant))
            .expression_attribute_values(":first", text("wait#"))
            .expression_attribute_values(":last", text(&last_slot(due_by)))
            .limit(i32::try_from(count).unwrap_or(i32::MAX))
            .send()
            .await;
        let output = sent.map_err(|error| port_error(TABLE, error))?;
        let jobs = output.items.unwrap_or_default().into_iter().map(job);
        let mut jobs: Vec<_> = jobs.collect::<Result<_, _>>()?;
        jobs.retain(|job| due_by.is_none_or(|moment| job.is_due(moment)));
        Ok(jobs)
    }

    async fn remove(&self, jobs: &[Job]) -> Result<(), PortError> {
        delete_all(&self.client, &self.table, TABLE, jobs.iter().map(key)).await
    }
}

#[cfg(test)]
mod formats {
    use testkit::build::NOW;
    use uuid::uuid;

    use super::*;
    use crate::dynamo::recorded::hold;

    #[test]
    fn a_waiting_task_is_as_recorded() {
        let waiting = Job {
            tenant: TenantId::new("acme").unwrap(),
            request_id: RequestId::new(uuid!("01890a5d-ac96-774b-bcce-b302099a8057")),
            priority: Priority::High,
            created_at: NOW,
            run_at: None,
            trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
                .parse()
                .ok(),
        };
        hold("waiting", &waiting, |job| item(job).unwrap(), job, &[]);
    }
}
