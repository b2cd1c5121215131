//! Connections and their topics.
//!
//! | item | key `topic` | key `connection_id` | holds |
//! |---|---|---|---|
//! | self | `connection#<id>` | id | `tenant`, `user`, `scopes`, `connected_at`, `topics` (set), `expiry_shard` |
//! | listener | a topic | id | |
//! | presence | `all#<shard>` | id | `tenant` |
//!
//! All also hold `expires_at` and `v`. The self item names every topic of its connection, so a
//! connection is forgotten without an index; it goes last, so that a removal cut short can be
//! repeated.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::broadcast::Shard;
use domain::ports::{ConnectionStore, PortError};
use domain::{Connection, ConnectionId, Identity, TenantId, Topic};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};
use time::OffsetDateTime;

use super::expiry::{is_past, second};
use super::stale::shard;
use super::write_batch::delete_all;
use super::{Item, LAYOUT, number, text};
use crate::Sdk;
use crate::error::port_error;

pub(super) const TABLE: &str = "connections table";

/// Keeps connections in a table with the keys `topic` and `connection_id`.
#[derive(Debug, Clone)]
pub struct Connections {
    pub(super) client: Client,
    pub(super) table: String,
}

#[derive(Serialize, Deserialize)]
struct SelfItem {
    topic: String,
    connection_id: ConnectionId,
    #[serde(flatten)]
    identity: Identity,
    #[serde(with = "time::serde::rfc3339")]
    connected_at: OffsetDateTime,
    #[serde(with = "serde_dynamo::string_set")]
    topics: BTreeSet<String>,
    expires_at: i64,
    #[serde(default)]
    expiry_shard: Option<String>,
    v: u8,
}

#[derive(Serialize, Deserialize)]
struct ListenerItem {
    topic: String,
    connection_id: ConnectionId,
    expires_at: i64,
    v: u8,
}

#[derive(Serialize)]
struct PresenceItem {
    #[serde(flatten)]
    listener: ListenerItem,
    tenant: TenantId,
}

/// Whoever is in an item with the table's keys.
#[derive(Deserialize)]
pub(super) struct Listening {
    pub(super) connection_id: ConnectionId,
}

impl Connections {
    /// Keeps connections in this table.
    pub fn new(sdk: &Sdk, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table: table.into(),
        }
    }

    fn put(&self, item: impl Serialize) -> Result<TransactWriteItem, PortError> {
        let item: Item = to_item(item).map_err(|error| PortError::broken(TABLE, error))?;
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let put = put
            .build()
            .map_err(|error| PortError::broken(TABLE, error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    async fn self_item(&self, id: &ConnectionId) -> Result<Option<SelfItem>, PortError> {
        let get = self.client.get_item().table_name(&self.table);
        let sent = get
            .set_key(Some(key(&self_topic(id), id)))
            .consistent_read(true)
            .send()
            .await;
        let output = sent.map_err(|error| port_error(TABLE, error))?;
        output.item.map(read).transpose()
    }
}

#[async_trait]
impl ConnectionStore for Connections {
    async fn register(&self, connection: &Connection) -> Result<(), PortError> {
        let own = connection.own_topic().to_string();
        let presence = PresenceItem {
            listener: listener(connection, Shard::of(&connection.id).to_string()),
            tenant: connection.identity.tenant.clone(),
        };
        let write = self.client.transact_write_items();
        let sent = write
            .transact_items(self.put(new_self_item(connection, own.clone()))?)
            .transact_items(self.put(listener(connection, own))?)
            .transact_items(self.put(presence)?)
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }

    async fn find(
        &self,
        id: &ConnectionId,
        now: OffsetDateTime,
    ) -> Result<Option<Connection>, PortError> {
        let item = self.self_item(id).await?;
        let live = item.filter(|item| !is_past(item.expires_at, now));
        Ok(live.map(|item| Connection {
            id: item.connection_id,
            identity: item.identity,
            connected_at: item.connected_at,
        }))
    }

    async fn remove(&self, id: &ConnectionId) -> Result<(), PortError> {
        let Some(item) = self.self_item(id).await? else {
            return Ok(());
        };
        let listeners = item.topics.iter().map(|topic| key(topic, id));
        delete_all(&self.client, &self.table, TABLE, listeners).await?;
        delete_all(&self.client, &self.table, TABLE, [key(&item.topic, id)]).await
    }

    async fn listeners(
        &self,
        topic: &Topic,
        now: OffsetDateTime,
    ) -> Result<Vec<ConnectionId>, PortError> {
        let query = self.client.query().table_name(&self.table);
        let mut items = query
            .key_condition_expression("topic = :topic")
            .filter_expression("expires_at > :now")
            .expression_attribute_values(":topic", text(topic))
            .expression_attribute_values(":now", number(&second(now)))
            .into_paginator()
            .items()
            .send();
        let mut listeners = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| port_error(TABLE, error))?;
            listeners.push(read::<ListenerItem>(item)?.connection_id);
        }
        Ok(listeners)
    }
}

fn listener(connection: &Connection, topic: String) -> ListenerItem {
    ListenerItem {
        topic,
        connection_id: connection.id.clone(),
        expires_at: second(connection.expires_at()),
        v: LAYOUT,
    }
}

fn new_self_item(connection: &Connection, own_topic: String) -> SelfItem {
    SelfItem {
        topic: self_topic(&connection.id),
        connection_id: connection.id.clone(),
        identity: connection.identity.clone(),
        connected_at: connection.connected_at,
        topics: BTreeSet::from([own_topic, Shard::of(&connection.id).to_string()]),
        expires_at: second(connection.expires_at()),
        expiry_shard: Some(shard(&connection.id)),
        v: LAYOUT,
    }
}

fn self_topic(id: &ConnectionId) -> String {
    format!("connection#{id}")
}

pub(super) fn key(topic: &str, id: &ConnectionId) -> Item {
    Item::from([
        ("topic".into(), text(topic)),
        ("connection_id".into(), text(id)),
    ])
}

pub(super) fn read<T: serde::de::DeserializeOwned>(item: Item) -> Result<T, PortError> {
    from_item(item).map_err(|error| PortError::broken(TABLE, error))
}
