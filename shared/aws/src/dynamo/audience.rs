//! Everybody who is connected, by the shards of `domain::broadcast`.

use async_trait::async_trait;
use domain::ports::{Audience, AudiencePage, AudienceQuery, PortError};

use super::connections::{Connections, Listening, TABLE, key, read};
use super::expiry::second;
use super::{number, text};
use crate::error::port_error;

#[async_trait]
impl Audience for Connections {
    /// One call, which reads consistently: whoever was connected before is found. A page's limit counts what `DynamoDB` reads, so a filtered one may hold less.
    async fn page(&self, query: &AudienceQuery) -> Result<AudiencePage, PortError> {
        let call = self.client.query().table_name(&self.table);
        let call = call
            .consistent_read(true)
            .key_condition_expression("topic = :shard")
            .expression_attribute_values(":shard", text(&query.shard))
            .expression_attribute_values(":now", number(&second(query.now)))
            .limit(i32::try_from(query.limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(
                query
                    .after
                    .as_ref()
                    .map(|id| key(&query.shard.to_string(), id)),
            );
        let call = match &query.tenant {
            None => call.filter_expression("expires_at > :now"),
            Some(tenant) => call
                .filter_expression("expires_at > :now AND tenant = :tenant")
                .expression_attribute_values(":tenant", text(tenant)),
        };
        let output = call.send().await;
        let output = output.map_err(|error| port_error(TABLE, error))?;
        let items = output.items.unwrap_or_default().into_iter();
        let items: Result<Vec<Listening>, _> = items.map(read).collect();
        let next: Option<Result<Listening, _>> = output.last_evaluated_key.map(read);
        Ok(AudiencePage {
            items: items?.into_iter().map(|item| item.connection_id).collect(),
            next: next.transpose()?.map(|key| key.connection_id),
        })
    }
}
