//! Connections by their end.
//!
//! | index `by-expiry` | | |
//! |---|---|---|
//! | key | `expiry_shard` | one of [`SHARDS`], by the connection's id |
//! | sort | `expires_at` | seconds since 1970 |
//!
//! Only self items have a shard, so the index holds one item for each connection.

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use domain::ConnectionId;
use domain::ports::{PortError, StaleConnections};
use futures::future::try_join_all;
use serde::Deserialize;
use time::OffsetDateTime;

use super::connections::{Connections, TABLE, read};
use super::expiry::second;
use super::{Item, number, text};
use crate::error::port_error;

const INDEX: &str = "by-expiry";

/// Values of the index's key: API Gateway opens 500 connections a second by default, and a
/// partition takes 1,000 writes.
const SHARDS: u32 = 4;

/// Ids are random, and so is the sum of their bytes.
pub(super) fn shard(id: &ConnectionId) -> String {
    let sum: u32 = id.as_str().bytes().map(u32::from).sum();
    (sum % SHARDS).to_string()
}

#[derive(Deserialize)]
struct IndexItem {
    connection_id: ConnectionId,
    expires_at: i64,
}

#[async_trait]
impl StaleConnections for Connections {
    async fn stale(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, PortError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let shards = (0..SHARDS).map(|shard| self.stale_in(shard, now, limit));
        let queried = try_join_all(shards).await;
        let items = queried.map_err(|error| port_error(TABLE, error))?;
        let stale: Result<Vec<IndexItem>, _> = items.into_iter().flatten().map(read).collect();
        let mut stale = stale?;
        stale.sort_by_key(|item| item.expires_at);
        stale.truncate(limit);
        Ok(stale.into_iter().map(|item| item.connection_id).collect())
    }
}

impl Connections {
    /// One call: an index item is small, so any sensible limit fits into it.
    async fn stale_in(
        &self,
        shard: u32,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Item>, SdkError<QueryError, HttpResponse>> {
        let query = self.client.query().table_name(&self.table);
        let output = query
            .index_name(INDEX)
            .key_condition_expression("expiry_shard = :shard AND expires_at <= :now")
            .expression_attribute_values(":shard", text(&shard))
            .expression_attribute_values(":now", number(&second(now)))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await?;
        Ok(output.items.unwrap_or_default())
    }
}
