//! Which lanes are in use: those whose item has a due moment.

use async_trait::async_trait;
use domain::TenantId;
use domain::ports::{DueLane, LaneWatch, PortError};
use serde::Deserialize;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;
use time::OffsetDateTime;

use super::places::key;
use super::{INDEX, LaneTable, TABLE};
use crate::dynamo::expiry::second;
use crate::dynamo::{Item, number};
use crate::error::port_error;

#[derive(Deserialize)]
struct IndexItem {
    tenant: TenantId,
    due_at: i64,
}

fn read(item: Item) -> Result<DueLane, PortError> {
    let item: IndexItem = from_item(item).map_err(|error| PortError::broken(TABLE, error))?;
    let due_at = OffsetDateTime::from_unix_timestamp(item.due_at);
    Ok(DueLane {
        tenant: item.tenant,
        due_at: due_at.map_err(|error| PortError::broken(TABLE, error))?,
    })
}

#[async_trait]
impl LaneWatch for LaneTable {
    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<DueLane>, PortError> {
        let due = INDEX.due(&self.client, &self.table, TABLE, (now, limit));
        due.await?.into_iter().map(read).collect()
    }

    async fn defer(&self, lane: &DueLane, until: OffsetDateTime) -> Result<(), PortError> {
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .set_key(Some(key(&lane.tenant)))
            .update_expression("SET due_at = :until")
            .condition_expression("due_at = :found")
            .expression_attribute_values(":until", number(&second(until)))
            .expression_attribute_values(":found", number(&second(lane.due_at)))
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }

    async fn close(&self, lane: &DueLane) -> Result<(), PortError> {
        let delete = self.client.delete_item().table_name(&self.table);
        let sent = delete
            .set_key(Some(key(&lane.tenant)))
            .condition_expression(
                "attribute_not_exists(members) AND attribute_not_exists(delayed) \
                 AND (attribute_not_exists(due_at) OR due_at = :found)",
            )
            .expression_attribute_values(":found", number(&second(lane.due_at)))
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }
}
