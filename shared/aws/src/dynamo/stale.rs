//! Connections by their end, in the index [`BY_EXPIRY`].
//!
//! Only self items have a shard, so the index holds one item for each connection.

use async_trait::async_trait;
use domain::ConnectionId;
use domain::ports::{PortError, StaleConnections};
use serde::Deserialize;
use time::OffsetDateTime;

use super::connections::{Connections, TABLE, read};
use super::due::BY_EXPIRY;

#[derive(Deserialize)]
struct IndexItem {
    connection_id: ConnectionId,
}

#[async_trait]
impl StaleConnections for Connections {
    async fn stale(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, PortError> {
        let due = BY_EXPIRY.due(&self.client, &self.table, TABLE, (now, limit));
        let id = |item| read::<IndexItem>(item).map(|item| item.connection_id);
        due.await?.into_iter().map(id).collect()
    }
}
