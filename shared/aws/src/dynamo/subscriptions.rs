//! Topics of connections: a listener item for each, named in the connection's self item.
//!
//! Both are written in one transaction, under the condition that the self item is there and not
//! about to go. So whoever removes the connection finds every topic of it in the self item: a
//! subscription either comes before and is removed too, or finds the connection gone.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem, Update};
use domain::connection::MOST_TOPICS;
use domain::ports::{Followed, PortError, Subscriptions};
use domain::{Connection, Topic};

use super::connections::{Connections, ListenerItem, PRESENCE, TABLE, key, self_topic};
use super::contention::settled;
use super::expiry::second;
use super::{LAYOUT, number, text};
use crate::error::port_error;

#[async_trait]
impl Subscriptions for Connections {
    async fn follow(&self, connection: &Connection, topic: &Topic) -> Result<Followed, PortError> {
        let listener = ListenerItem {
            topic: topic.to_string(),
            connection_id: connection.id.clone(),
            expires_at: second(connection.expires_at()),
            v: LAYOUT,
        };
        let add = self
            .change_topics(connection, topic, "ADD topics :topics")
            .condition_expression(
                "attribute_exists(connection_id) AND attribute_not_exists(closing) \
                 AND (contains(topics, :topic) OR size(topics) < :most)",
            )
            .expression_attribute_values(":topic", text(topic))
            .expression_attribute_values(":most", number(&(MOST_TOPICS + PRESENCE)));
        match self.write(update(add)?, self.put(listener)?).await {
            Ok(()) => Ok(Followed::Listening),
            Err(PortError::Conflict { .. }) => self.why_not(connection).await,
            Err(error) => Err(error),
        }
    }

    async fn unfollow(&self, connection: &Connection, topic: &Topic) -> Result<(), PortError> {
        let take = self
            .change_topics(connection, topic, "DELETE topics :topics")
            .condition_expression(
                "attribute_exists(connection_id) AND attribute_not_exists(closing)",
            );
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key(&topic.to_string(), &connection.id)))
            .build()
            .map_err(|error| PortError::broken(TABLE, error))?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        match self.write(update(take)?, delete).await {
            // It is gone, or whoever removes it removes this too.
            Ok(()) | Err(PortError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Connections {
    fn change_topics(
        &self,
        connection: &Connection,
        topic: &Topic,
        expression: &str,
    ) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        let topics = AttributeValue::Ss(vec![topic.to_string()]);
        Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(&self_topic(&connection.id), &connection.id)))
            .update_expression(expression)
            .expression_attribute_values(":topics", topics)
    }

    async fn write(
        &self,
        own: TransactWriteItem,
        listener: TransactWriteItem,
    ) -> Result<(), PortError> {
        let write = || {
            let write = self.client.transact_write_items();
            write
                .transact_items(own.clone())
                .transact_items(listener.clone())
                .send()
        };
        let sent = settled(write).await;
        sent.map(drop).map_err(|error| port_error(TABLE, error))
    }

    async fn why_not(&self, connection: &Connection) -> Result<Followed, PortError> {
        let item = self.self_item(&connection.id).await?;
        Ok(if item.is_some_and(|item| !item.is_closing()) {
            Followed::TooManyTopics
        } else {
            Followed::NotConnected
        })
    }
}

fn update(
    update: aws_sdk_dynamodb::types::builders::UpdateBuilder,
) -> Result<TransactWriteItem, PortError> {
    let update = update.build();
    let update = update.map_err(|error| PortError::broken(TABLE, error))?;
    Ok(TransactWriteItem::builder().update(update).build())
}
