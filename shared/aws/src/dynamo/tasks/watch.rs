//! Who holds a running task.

use async_trait::async_trait;
use domain::ports::{PortError, TaskWatch};
use domain::{LeaseToken, RequestId, TenantId};
use serde::Deserialize;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use super::{TABLE, Tasks, key};
use crate::error::port_error;

/// What is read of the item: a task has a token only while a worker holds it.
#[derive(Deserialize)]
struct HeldFields {
    #[serde(default)]
    lease_token: Option<LeaseToken>,
}

#[async_trait]
impl TaskWatch for Tasks {
    /// Little travels, but the table charges for the whole item: one read unit for each 4 KB
    /// begun (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>),
    /// so one a second for most tasks, and nine for one with the largest input. An eventually
    /// consistent read would cost half, and could show the task as it was before it was claimed.
    async fn holder(
        &self,
        tenant: &TenantId,
        id: RequestId,
    ) -> Result<Option<LeaseToken>, PortError> {
        let get = self.client.get_item().table_name(&self.table);
        let sent = get
            .set_key(Some(key(tenant, id)))
            .projection_expression("lease_token")
            .consistent_read(true)
            .send()
            .await;
        let output = sent.map_err(|error| port_error(TABLE, error))?;
        let held: Option<HeldFields> = output
            .item
            .map(from_item)
            .transpose()
            .map_err(|error| PortError::broken(TABLE, error))?;
        Ok(held.and_then(|held| held.lease_token))
    }
}
