use std::collections::HashMap;

use aws::dynamo::Connections;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::connection::MOST_TOPICS;
use domain::ports::ConnectionStore;
use domain::{Connection, Topic};
use testkit::build::{self, NOW};
use testkit::contract::{audience, connection_store};

use crate::place::{Place, local};

const KEYS: [&str; 2] = ["topic", "connection_id"];

#[tokio::test]
async fn connections_are_a_connection_store() {
    let place = local().await;
    let test = async |table: String| {
        connection_store::all(&Connections::new(&place.sdk, table), &build::tenant()).await;
    };
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn connections_are_an_audience() {
    let place = local().await;
    let test = async |table: String| {
        let connections = Connections::new(&place.sdk, table);
        let hall = audience::Hall {
            store: &connections,
            audience: &connections,
        };
        audience::all(hall, &build::tenant()).await;
    };
    place.with_table(&KEYS, test).await;
}

/// More topics than one batch of deletes takes.
#[tokio::test]
async fn a_connection_with_every_topic_leaves_nothing_behind() {
    let place = local().await;
    let test = async |table: String| {
        let connections = Connections::new(&place.sdk, &table);
        let connection = build::connection(&build::identity(&build::tenant()));
        connections.register(&connection).await.unwrap();
        listen_to_tags(&place, &table, &connection).await;
        let tag = Topic::Tag(connection.identity.tenant.clone(), "0".into());
        let listeners = connections.listeners(&tag, NOW).await.unwrap();
        assert_eq!(listeners, std::slice::from_ref(&connection.id));
        connections.remove(&connection.id).await.unwrap();
        assert_eq!(count(&place, &table).await, 0);
    };
    place.with_table(&KEYS, test).await;
}

/// Adds listener items as a subscription would.
async fn listen_to_tags(place: &Place, table: &str, connection: &Connection) {
    let client = Client::new(&place.config);
    let tenant = &connection.identity.tenant;
    let topics: Vec<_> = (0..MOST_TOPICS - 1)
        .map(|n| Topic::Tag(tenant.clone(), n.to_string()).to_string())
        .collect();
    let expires_at = connection.expires_at().unix_timestamp().to_string();
    for topic in &topics {
        let mut item = key(topic, connection);
        item.insert("expires_at".into(), AttributeValue::N(expires_at.clone()));
        item.insert("v".into(), AttributeValue::N("1".into()));
        let put = client.put_item().table_name(table).set_item(Some(item));
        put.send().await.unwrap();
    }
    let add = client.update_item().table_name(table);
    add.set_key(Some(key(
        &format!("connection#{}", connection.id),
        connection,
    )))
    .update_expression("ADD topics :topics")
    .expression_attribute_values(":topics", AttributeValue::Ss(topics))
    .send()
    .await
    .unwrap();
}

fn key(topic: &str, connection: &Connection) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("topic".into(), AttributeValue::S(topic.into())),
        (
            "connection_id".into(),
            AttributeValue::S(connection.id.to_string()),
        ),
    ])
}

async fn count(place: &Place, table: &str) -> i32 {
    let scan = Client::new(&place.config).scan().table_name(table);
    scan.send().await.unwrap().count()
}
