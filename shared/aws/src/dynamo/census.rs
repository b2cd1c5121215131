//! Who is connected, by the shards of `domain::broadcast`: to be counted, not to be told.

use async_trait::async_trait;
use domain::broadcast::Shard;
use domain::operations::Present;
use domain::ports::{Census, Page, PortError};
use domain::{ConnectionId, TenantId, UserId};
use serde::Deserialize;
use time::OffsetDateTime;

use super::connections::{Connections, Listening, TABLE, key, read};
use super::text;
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
    /// One call, which reads as cheaply as it can: a count is a moment old anyway.
    async fn present(
        &self,
        shard: Shard,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Page<Present, ConnectionId>, PortError> {
        let call = self.client.query().table_name(&self.table);
        let call = call
            .key_condition_expression("topic = :shard")
            .expression_attribute_values(":shard", text(&shard))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(after.map(|id| key(&shard.to_string(), id)));
        let output = call.send().await;
        let output = output.map_err(|error| port_error(TABLE, error))?;
        let items = output.items.unwrap_or_default().into_iter();
        let items = items.map(|item| read(item).and_then(present));
        let next: Option<Result<Listening, _>> = output.last_evaluated_key.map(read);
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            next: next.transpose()?.map(|key| key.connection_id),
        })
    }
}

fn present(item: PresentItem) -> Result<Present, PortError> {
    let expires_at = OffsetDateTime::from_unix_timestamp(item.expires_at);
    Ok(Present {
        tenant: item.tenant,
        user: item.user,
        expires_at: expires_at.map_err(|error| PortError::broken(TABLE, error))?,
    })
}
