use std::time::Duration;

use aws::dynamo::Connections;
use aws_sdk_dynamodb::Client;
use domain::Topic;
use domain::connection::MOST_TOPICS;
use domain::ports::{ConnectionStore, Followed, Subscriptions};
use futures::future::join_all;
use testkit::build;
use testkit::contract::{audience, census, connection_store, frame_meter, subscriptions};

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

#[tokio::test]
async fn connections_can_be_counted() {
    let place = local().await;
    let test = async |table: String| {
        let connections = Connections::new(&place.sdk, table);
        let counted = census::Counted {
            store: &connections,
            census: &connections,
        };
        census::all(counted, &build::tenant()).await;
    };
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn connections_follow_topics() {
    let place = local().await;
    let test = async |table: String| {
        let connections = Connections::new(&place.sdk, table);
        let followers = subscriptions::Followers {
            store: &connections,
            subscriptions: &connections,
        };
        subscriptions::all(followers, &build::tenant()).await;
    };
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn connections_count_frames() {
    let place = local().await;
    let test = async |table: String| {
        let connections = Connections::new(&place.sdk, table);
        let counted = frame_meter::Counted {
            store: &connections,
            meter: &connections,
        };
        frame_meter::all(counted, &build::tenant()).await;
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
        for n in 1..MOST_TOPICS {
            let tag = Topic::Tag(connection.identity.tenant.clone(), n.to_string());
            let followed = connections.follow(&connection, &tag).await.unwrap();
            assert_eq!(followed, Followed::Listening);
        }
        assert_eq!(count(&place, &table).await, 102);
        connections.remove(&connection.id).await.unwrap();
        assert_eq!(count(&place, &table).await, 0);
    };
    place.with_table(&KEYS, test).await;
}

/// A page sends its subscriptions and goes: rows that nobody looks for would stay for two hours.
#[tokio::test]
async fn subscriptions_that_race_with_the_end_leave_no_row() {
    let place = local().await;
    let test = async |table: String| {
        let connections = Connections::new(&place.sdk, &table);
        for race in 0..20 {
            let connection = build::connection(&build::identity(&build::tenant()));
            connections.register(&connection).await.unwrap();
            let tenant = &connection.identity.tenant;
            let topics: Vec<_> = (0..8)
                .map(|n| Topic::Tag(tenant.clone(), n.to_string()))
                .collect();
            let follow = topics
                .iter()
                .map(|topic| connections.follow(&connection, topic));
            let remove = async {
                tokio::time::sleep(Duration::from_millis(race)).await;
                connections.remove(&connection.id).await
            };
            let (followed, removed) = tokio::join!(join_all(follow), remove);
            removed.unwrap();
            assert!(followed.iter().all(Result::is_ok), "{followed:?}");
            assert_eq!(count(&place, &table).await, 0, "race {race}");
        }
    };
    place.with_table(&KEYS, test).await;
}

async fn count(place: &Place, table: &str) -> i32 {
    let scan = Client::new(&place.config).scan().table_name(table);
    scan.send().await.unwrap().count()
}
