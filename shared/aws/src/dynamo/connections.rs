//! Connections and their topics.
//!
//! | item | key `topic` | key `connection_id` | holds |
//! |---|---|---|---|
//! | self | `connection#<id>` | id | `tenant`, `user`, `scopes`, `connected_at`, `topics` (set), `expiry_shard`, `frames_until`, `closing` |
//! | listener | a topic | id | |
//! | presence | `all#<shard>` | id | `tenant`, `user` |
//!
//! All also hold `expires_at` and `v`. The self item names every topic of its connection, so a
//! connection is forgotten without an index. Forgetting first marks it as closing, from when on
//! nobody adds to it; the self item goes last, so that a removal cut short can be repeated.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue, TransactWriteItem};
use domain::broadcast::Shard;
use domain::ports::{ConnectionStore, PortError};
use domain::{Connection, ConnectionId, Identity, TenantId, Topic, UserId};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use time::OffsetDateTime;

use super::contention::settled;
use super::due::BY_EXPIRY;
use super::expiry::{is_past, second};
use super::write_batch::delete_all;
use super::{Item, LAYOUT, layout, number, text};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

pub(super) const TABLE: &str = "connections table";

/// Keeps connections in a table with the keys `topic` and `connection_id`.
#[derive(Debug, Clone)]
pub struct Connections {
    pub(super) client: Lazy<Client>,
    pub(super) table: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SelfItem {
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frames_until: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closing: Option<bool>,
    v: u8,
}

impl SelfItem {
    /// Whether it is about to be forgotten.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.is_some()
    }

    /// Whether a connection may still be behind it.
    pub(super) fn is_open(&self, now: OffsetDateTime) -> bool {
        !self.is_closing() && !is_past(self.expires_at, now)
    }

    /// The moment up to which its frames are paid for, in milliseconds since 1970.
    pub(super) fn meter(&self) -> Option<i64> {
        self.frames_until
    }

    pub(super) fn into_connection(self) -> Connection {
        Connection {
            id: self.connection_id,
            identity: self.identity,
            connected_at: self.connected_at,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ListenerItem {
    pub(super) topic: String,
    pub(super) connection_id: ConnectionId,
    pub(super) expires_at: i64,
    pub(super) v: u8,
}

/// Topics of a self item that are not the connection's to choose: its shard.
pub(super) const PRESENCE: usize = 1;

#[derive(Serialize)]
struct PresenceItem {
    #[serde(flatten)]
    listener: ListenerItem,
    tenant: TenantId,
    user: UserId,
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
            client: sdk.dynamodb(),
            table: table.into(),
        }
    }

    pub(super) fn put(&self, item: impl Serialize) -> Result<TransactWriteItem, PortError> {
        let item: Item = to_item(item).map_err(|error| PortError::broken(TABLE, error))?;
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let put = put
            .build()
            .map_err(|error| PortError::broken(TABLE, error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    pub(super) async fn self_item(&self, id: &ConnectionId) -> Result<Option<SelfItem>, PortError> {
        let get = self.client.get_item().table_name(&self.table);
        let sent = get
            .set_key(Some(key(&self_topic(id), id)))
            .consistent_read(true)
            .send()
            .await;
        let output = sent.map_err(|error| port_error(TABLE, error))?;
        output.item.map(read).transpose()
    }

    /// Marks a connection as about to be forgotten, and gives its item; none where it is gone.
    async fn close(&self, id: &ConnectionId) -> Result<Option<SelfItem>, PortError> {
        let update = self.client.update_item().table_name(&self.table);
        let update = update
            .set_key(Some(key(&self_topic(id), id)))
            .update_expression("SET closing = :closing")
            .condition_expression("attribute_exists(connection_id)")
            .expression_attribute_values(":closing", AttributeValue::Bool(true))
            .return_values(ReturnValue::AllNew);
        match settled(|| update.clone().send()).await {
            Ok(output) => output.attributes.map(read).transpose(),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
                _ => Err(port_error(TABLE, error)),
            },
        }
    }
}

#[async_trait]
impl ConnectionStore for Connections {
    async fn register(&self, connection: &Connection) -> Result<(), PortError> {
        let own = connection.own_topic().to_string();
        let write = self.client.transact_write_items();
        let sent = write
            .transact_items(self.put(new_self_item(connection, own.clone()))?)
            .transact_items(self.put(listener(connection, own))?)
            .transact_items(self.put(presence(connection))?)
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
        let open = item.filter(|item| item.is_open(now));
        Ok(open.map(SelfItem::into_connection))
    }

    async fn remove(&self, id: &ConnectionId) -> Result<(), PortError> {
        let Some(item) = self.close(id).await? else {
            return Ok(());
        };
        let listeners = item.topics.iter().map(|topic| key(topic, id));
        delete_all(&self.client, &self.table, TABLE, listeners).await?;
        delete_all(&self.client, &self.table, TABLE, [key(&item.topic, id)]).await
    }

    /// Reads consistently: who subscribes and then resumes must be found from then on.
    async fn listeners(
        &self,
        topic: &Topic,
        now: OffsetDateTime,
    ) -> Result<Vec<ConnectionId>, PortError> {
        let query = self.client.query().table_name(&self.table);
        let mut items = query
            .consistent_read(true)
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

fn presence(connection: &Connection) -> PresenceItem {
    PresenceItem {
        listener: listener(connection, Shard::of(&connection.id).to_string()),
        tenant: connection.identity.tenant.clone(),
        user: connection.identity.user.clone(),
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
        expiry_shard: Some(BY_EXPIRY.shard_of(connection.id.as_str())),
        frames_until: None,
        closing: None,
        v: LAYOUT,
    }
}

pub(super) fn self_topic(id: &ConnectionId) -> String {
    format!("connection#{id}")
}

pub(super) fn key(topic: &str, id: &ConnectionId) -> Item {
    Item::from([
        ("topic".into(), text(topic)),
        ("connection_id".into(), text(id)),
    ])
}

pub(super) fn read<T: serde::de::DeserializeOwned>(item: Item) -> Result<T, PortError> {
    layout::read(item, TABLE)
}

#[cfg(test)]
mod formats;
