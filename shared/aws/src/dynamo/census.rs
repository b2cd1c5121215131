//! Who is connected, by the presence items of the connections table.

use async_trait::async_trait;
use domain::broadcast::Shard;
use domain::ports::{Census, Page, PortError, Present};
use domain::{ConnectionId, TenantId, UserId};
use serde::Deserialize;
use time::OffsetDateTime;

use super::connections::{Connections, Listening, TABLE, key, read};
use super::{Item, text};
use crate::error::port_error;

#[derive(Deserialize)]
struct PresentItem {
    tenant: TenantId,
    #[serde(default)]
    user: Option<UserId>,
    expires_at: i64,
}

#[async_trait]
impl Census for Connections {
    /// One call, eventually consistent: half the price, and a count is a moment old anyway.
    async fn page(
        &self,
        shard: Shard,
        after: Option<&ConnectionId>,
    ) -> Result<Page<Present, ConnectionId>, PortError> {
        let query = self.client.query().table_name(&self.table);
        let query = query
            .key_condition_expression("topic = :shard")
            .expression_attribute_values(":shard", text(&shard))
            .set_exclusive_start_key(after.map(|id| key(&shard.to_string(), id)));
        let output = query.send().await;
        let output = output.map_err(|error| port_error(TABLE, error))?;
        let items: Result<Vec<_>, _> = output
            .items
            .unwrap_or_default()
            .into_iter()
            .map(present)
            .collect();
        let next: Option<Result<Listening, _>> = output.last_evaluated_key.map(read);
        Ok(Page {
            items: items?,
            next: next.transpose()?.map(|key| key.connection_id),
        })
    }
}

fn present(item: Item) -> Result<Present, PortError> {
    let PresentItem {
        tenant,
        user,
        expires_at,
    } = read(item)?;
    let expires_at = OffsetDateTime::from_unix_timestamp(expires_at);
    Ok(Present {
        tenant,
        user,
        expires_at: expires_at.map_err(|error| PortError::broken(TABLE, error))?,
    })
}
