//! Errors carry MongoDB's numbers.

use mongodb::bson::{Document, doc};
use std::time::{Duration, Instant};

use crate::support::{Fixture, code};

async fn refused(fixture: &Fixture, command: Document) -> (Option<i32>, String) {
    let error = fixture.database.run_command(command).await.unwrap_err();
    (code(&error), error.to_string())
}

#[tokio::test]
async fn commands_that_cannot_be_are_refused_by_number() {
    let fixture = Fixture::new().await;
    let cases = [
        (doc! { "frobnicate": 1 }, 59),
        (doc! { "find": "c", "filter": { "$bad": 1 } }, 2),
        (doc! { "find": 5 }, 14),
        (doc! { "drop": 5 }, 14),
        (
            doc! { "aggregate": "c", "pipeline": [{ "$nope": 1 }], "cursor": {} },
            40324,
        ),
        (doc! { "saslStart": 1, "mechanism": "SCRAM-SHA-256" }, 18),
        (doc! { "getMore": 77_i64, "collection": "c" }, 43),
        (doc! { "listIndexes": "missing" }, 26),
    ];
    for (command, number) in cases {
        let (found, message) = refused(&fixture, command.clone()).await;
        assert_eq!(found, Some(number), "{command}: {message}");
    }
    fixture.end().await;
}

#[tokio::test]
async fn a_validator_refuses_what_does_not_fit() {
    let fixture = Fixture::new().await;
    let schema = doc! { "$jsonSchema": { "required": ["name"] } };
    fixture
        .database
        .create_collection("users")
        .validator(schema)
        .await
        .unwrap();
    let users = fixture.collection("users");
    users.insert_one(doc! { "name": "a" }).await.unwrap();
    assert_eq!(
        code(&users.insert_one(doc! { "age": 1 }).await.unwrap_err()),
        Some(121)
    );
    fixture.end().await;
}

#[tokio::test]
async fn a_collection_that_exists_with_other_options_is_refused() {
    let fixture = Fixture::new().await;
    let schema = doc! { "$jsonSchema": { "required": ["name"] } };
    fixture
        .database
        .create_collection("users")
        .validator(schema)
        .await
        .unwrap();
    let error = fixture
        .database
        .create_collection("users")
        .await
        .unwrap_err();
    assert_eq!(code(&error), Some(48));
    fixture.end().await;
}

#[tokio::test]
async fn an_immutable_id_stays() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items.insert_one(doc! { "_id": 1 }).await.unwrap();
    let error = items
        .update_one(doc! {}, doc! { "$set": { "_id": 2 } })
        .await
        .unwrap_err();
    assert_eq!(code(&error), Some(66));
    fixture.end().await;
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_stopped() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many((0..2000).map(|n| doc! { "_id": n, "k": 1 }))
        .await
        .unwrap();
    let join = doc! { "$lookup": { "from": "items", "let": { "i": "$_id" }, "as": "all",
    "pipeline": [{ "$match": { "$expr": { "$ne": ["$_id", "$$i"] } } }, { "$group": { "_id": "$k", "s": { "$sum": "$_id" } } }] } };
    let before = Instant::now();
    let slow = items
        .aggregate([join])
        .max_time(Duration::from_millis(300))
        .await;
    assert_eq!(code(&slow.unwrap_err()), Some(50));
    assert!(before.elapsed() < Duration::from_secs(5));
    fixture.end().await;
}

#[tokio::test]
async fn diagnostics_answer() {
    let fixture = Fixture::new().await;
    let admin = fixture.client.database("admin");
    for name in [
        "ping",
        "buildInfo",
        "hello",
        "isMaster",
        "connectionStatus",
        "serverStatus",
    ] {
        let reply = admin.run_command(doc! { name: 1 }).await.unwrap();
        assert_eq!(reply.get_f64("ok").unwrap(), 1.0, "{name}");
    }
    fixture
        .collection("items")
        .insert_one(doc! {})
        .await
        .unwrap();
    let stats = fixture
        .database
        .run_command(doc! { "collStats": "items" })
        .await
        .unwrap();
    assert!(stats.contains_key("count"), "{stats}");
    let stats = fixture
        .database
        .run_command(doc! { "dbStats": 1 })
        .await
        .unwrap();
    assert!(stats.contains_key("collections"), "{stats}");
    fixture.end().await;
}
