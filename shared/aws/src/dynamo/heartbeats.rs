//! Heartbeats of the pool. One item per process: `fleet` (always `pool`), `id`, `started_at`, `seen_at`
//! and `full_since` (RFC 3339), `capacity`, `running`, `oldest_wait_ms`, `taken`, `expires_at`, `v`.
//!
//! They are one partition, so that one query finds them all. Fifty processes are ten writes a second,
//! of the thousand that a partition takes.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use domain::ids::PoolId;
use domain::pool::Heartbeat;
use domain::ports::{Clock, PoolHeartbeats, PortError};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use time::OffsetDateTime;

use super::expiry::second;
use super::{Item, LAYOUT, layout, number, text};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const TABLE: &str = "pool table";

/// The partition.
const FLEET: &str = "pool";

/// Keeps heartbeats in a table with the keys `fleet` and `id`.
#[derive(Clone)]
pub struct Heartbeats {
    client: Lazy<Client>,
    table: String,
    clock: Arc<dyn Clock>,
}

#[derive(Serialize, Deserialize)]
struct HeartbeatItem {
    fleet: String,
    id: PoolId,
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    seen_at: OffsetDateTime,
    capacity: u32,
    running: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    oldest_wait_ms: Option<u64>,
    taken: u64,
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    full_since: Option<OffsetDateTime>,
    expires_at: i64,
    v: u8,
}

impl Heartbeats {
    /// Keeps heartbeats in this table; the clock tells which have expired.
    pub fn new(sdk: &Sdk, table: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
            clock,
        }
    }
}

#[async_trait]
impl PoolHeartbeats for Heartbeats {
    async fn beat(&self, heartbeat: &Heartbeat) -> Result<(), PortError> {
        let item = to_item(HeartbeatItem::from(heartbeat));
        let item = item.map_err(|error| PortError::broken(TABLE, error))?;
        let put = self.client.put_item().table_name(&self.table);
        let sent = put.set_item(Some(item)).send().await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }

    /// Reads consistently and all pages: who looks must not take a living process for a dead one.
    async fn all(&self) -> Result<Vec<Heartbeat>, PortError> {
        let query = self.client.query().table_name(&self.table);
        let items: Result<Vec<_>, _> = query
            .consistent_read(true)
            .key_condition_expression("fleet = :fleet")
            .filter_expression("expires_at > :now")
            .expression_attribute_values(":fleet", text(FLEET))
            .expression_attribute_values(":now", number(&second(self.clock.now())))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await;
        let items = items.map_err(|error| port_error(TABLE, error))?;
        items.into_iter().map(read).collect()
    }

    async fn forget(&self, id: &PoolId) -> Result<(), PortError> {
        let delete = self.client.delete_item().table_name(&self.table);
        let delete = delete.key("fleet", text(FLEET)).key("id", text(id));
        let sent = delete.send().await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }
}

fn read(item: Item) -> Result<Heartbeat, PortError> {
    layout::read::<HeartbeatItem>(item, TABLE).map(Heartbeat::from)
}

impl From<&Heartbeat> for HeartbeatItem {
    fn from(heartbeat: &Heartbeat) -> Self {
        Self {
            fleet: FLEET.into(),
            id: heartbeat.id.clone(),
            started_at: heartbeat.started_at,
            seen_at: heartbeat.seen_at,
            capacity: heartbeat.capacity,
            running: heartbeat.running,
            oldest_wait_ms: heartbeat.oldest_wait_ms,
            taken: heartbeat.taken,
            full_since: heartbeat.full_since,
            expires_at: second(heartbeat.expires_at()),
            v: LAYOUT,
        }
    }
}

impl From<HeartbeatItem> for Heartbeat {
    fn from(item: HeartbeatItem) -> Self {
        Self {
            id: item.id,
            started_at: item.started_at,
            seen_at: item.seen_at,
            capacity: item.capacity,
            running: item.running,
            oldest_wait_ms: item.oldest_wait_ms,
            taken: item.taken,
            full_since: item.full_since,
        }
    }
}

#[cfg(test)]
mod formats {
    use testkit::build::{self, NOW};

    use super::*;
    use crate::dynamo::recorded::hold;

    #[test]
    fn a_heartbeat_is_as_recorded() {
        let heartbeat = Heartbeat {
            id: PoolId::new("p-1").unwrap(),
            oldest_wait_ms: Some(250),
            full_since: Some(NOW),
            ..build::heartbeat(NOW)
        };
        let write = |heartbeat: &Heartbeat| to_item(HeartbeatItem::from(heartbeat)).unwrap();
        hold("heartbeat", &heartbeat, write, read, &[]);
    }
}
