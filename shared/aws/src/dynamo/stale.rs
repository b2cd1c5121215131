//! Connections by their end.
//!
//! | index `by-expiry` | | |
//! |---|---|---|
//! | key | `expiry_shard` | one of four shards, by the connection's id |
//! | sort | `expires_at` | seconds since 1970 |
//!
//! Only self items have a shard, so the index holds one item for each connection.

use async_trait::async_trait;
use domain::ConnectionId;
use domain::ports::{PortError, StaleConnections};
use serde::Deserialize;
use time::OffsetDateTime;

use super::connections::{Connections, TABLE, read};
use super::due::DueIndex;

/// API Gateway opens 500 connections a second by default, and a partition takes 1,000 writes.
const INDEX: DueIndex = DueIndex {
    what: TABLE,
    name: "by-expiry",
    shard: "expiry_shard",
    moment: "expires_at",
    shards: 4,
};

/// Ids are random, and so is the sum of their bytes.
pub(super) fn shard(id: &ConnectionId) -> String {
    INDEX.shard_of(id.as_str())
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
        let items = INDEX.due(&self.client, &self.table, now, limit).await?;
        let stale: Result<Vec<IndexItem>, _> = items.into_iter().map(read).collect();
        let mut stale = stale?;
        stale.sort_by_key(|item| item.expires_at);
        stale.truncate(limit);
        Ok(stale.into_iter().map(|item| item.connection_id).collect())
    }
}
