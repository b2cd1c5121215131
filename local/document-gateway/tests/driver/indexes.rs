//! Indexes, and what they enforce.

use futures::TryStreamExt;
use mongodb::IndexModel;
use mongodb::bson::{Document, doc};
use mongodb::options::IndexOptions;
use std::time::Duration;

use crate::support::{Fixture, code};

fn index(keys: Document, options: IndexOptions) -> IndexModel {
    IndexModel::builder().keys(keys).options(options).build()
}

fn unique() -> IndexOptions {
    IndexOptions::builder().unique(true).build()
}

#[tokio::test]
async fn a_unique_index_refuses_the_second() {
    let fixture = Fixture::new().await;
    let users = fixture.collection("users");
    users
        .create_index(index(doc! { "tenant": 1, "email": 1 }, unique()))
        .await
        .unwrap();
    users
        .insert_one(doc! { "tenant": 1, "email": "a" })
        .await
        .unwrap();
    users
        .insert_one(doc! { "tenant": 2, "email": "a" })
        .await
        .unwrap();
    let error = users
        .insert_one(doc! { "tenant": 1, "email": "a" })
        .await
        .unwrap_err();
    assert_eq!(code(&error), Some(11000));
    assert!(
        error.to_string().contains("index: tenant_1_email_1"),
        "{error}"
    );
    let change = doc! { "$set": { "tenant": 1 } };
    let error = users
        .update_one(doc! { "tenant": 2 }, change)
        .await
        .unwrap_err();
    assert_eq!(code(&error), Some(11000));
    fixture.end().await;
}

#[tokio::test]
async fn an_index_on_existing_documents_is_ready_when_the_reply_comes() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many((0..500).map(|n| doc! { "_id": n, "n": n }))
        .await
        .unwrap();
    let before = std::time::Instant::now();
    items
        .create_index(index(doc! { "n": 1 }, unique()))
        .await
        .unwrap();
    assert!(before.elapsed() < Duration::from_secs(20));
    let error = items.insert_one(doc! { "n": 3 }).await.unwrap_err();
    assert_eq!(code(&error), Some(11000));
    // The same again is not an error.
    items
        .create_index(index(doc! { "n": 1 }, unique()))
        .await
        .unwrap();
    fixture.end().await;
}

#[tokio::test]
async fn a_unique_index_over_duplicates_cannot_be_built() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many([doc! { "n": 1 }, doc! { "n": 1 }])
        .await
        .unwrap();
    let error = items
        .create_index(index(doc! { "n": 1 }, unique()))
        .await
        .unwrap_err();
    assert_eq!(code(&error), Some(11000));
    fixture.end().await;
}

#[tokio::test]
async fn an_index_of_the_same_name_with_other_options_is_a_conflict() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .create_index(IndexModel::builder().keys(doc! { "n": 1 }).build())
        .await
        .unwrap();
    let error = items
        .create_index(index(doc! { "n": 1 }, unique()))
        .await
        .unwrap_err();
    assert_eq!(code(&error), Some(86));
    fixture.end().await;
}

#[tokio::test]
async fn a_partial_unique_index_looks_only_at_its_part() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    let options = IndexOptions::builder()
        .unique(true)
        .partial_filter_expression(doc! { "active": true })
        .build();
    items
        .create_index(index(doc! { "n": 1 }, options))
        .await
        .unwrap();
    items
        .insert_many([doc! { "n": 1 }, doc! { "n": 1 }])
        .await
        .unwrap();
    items
        .insert_one(doc! { "n": 1, "active": true })
        .await
        .unwrap();
    let error = items
        .insert_one(doc! { "n": 1, "active": true })
        .await
        .unwrap_err();
    assert_eq!(code(&error), Some(11000));
    fixture.end().await;
}

#[tokio::test]
async fn a_sparse_unique_index_ignores_what_is_missing() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    let options = IndexOptions::builder().unique(true).sparse(true).build();
    items
        .create_index(index(doc! { "n": 1 }, options))
        .await
        .unwrap();
    items
        .insert_many([doc! { "a": 1 }, doc! { "a": 2 }, doc! { "n": 1 }])
        .await
        .unwrap();
    assert_eq!(
        code(&items.insert_one(doc! { "n": 1 }).await.unwrap_err()),
        Some(11000)
    );
    fixture.end().await;
}

#[tokio::test]
async fn a_text_index_finds_words() {
    let fixture = Fixture::new().await;
    let logs = fixture.collection("logs");
    logs.create_index(
        IndexModel::builder()
            .keys(doc! { "message": "text" })
            .build(),
    )
    .await
    .unwrap();
    logs.insert_many([
        doc! { "_id": 1, "message": "connection refused by upstream" },
        doc! { "_id": 2, "message": "all connections are fine" },
        doc! { "_id": 3, "message": "disk is full" },
    ])
    .await
    .unwrap();
    let found: Vec<Document> = logs
        .find(doc! { "$text": { "$search": "connection -fine" } })
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].get_i32("_id").unwrap(), 1);
    fixture.end().await;
}

#[tokio::test]
async fn a_ttl_index_keeps_its_options_and_indexes_can_be_dropped() {
    let fixture = Fixture::new().await;
    let events = fixture.collection("events");
    let ttl = IndexOptions::builder()
        .expire_after(Duration::from_hours(1))
        .build();
    let models = [
        index(doc! { "at": 1 }, ttl),
        IndexModel::builder()
            .keys(doc! { "tenant": 1, "at": -1 })
            .build(),
    ];
    let created = events.create_indexes(models).await.unwrap();
    assert_eq!(created.index_names, ["at_1", "tenant_1_at_-1"]);

    let listed: Vec<IndexModel> = events
        .list_indexes()
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(listed.len(), 3);
    let ttl = listed
        .iter()
        .find(|index| index.keys == doc! { "at": 1 })
        .unwrap();
    let life = ttl.options.as_ref().unwrap().expire_after;
    assert_eq!(life, Some(Duration::from_hours(1)));

    events.drop_index("at_1").await.unwrap();
    assert_eq!(
        events.list_index_names().await.unwrap(),
        ["_id_", "tenant_1_at_-1"]
    );
    events.drop_indexes().await.unwrap();
    assert_eq!(events.list_index_names().await.unwrap(), ["_id_"]);
    assert_eq!(
        code(&events.drop_index("at_1").await.unwrap_err()),
        Some(27)
    );
    fixture.end().await;
}

#[tokio::test]
async fn a_hint_names_the_index_to_use() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many((0..50).map(|n| doc! { "n": n % 5 }))
        .await
        .unwrap();
    items
        .create_index(IndexModel::builder().keys(doc! { "n": 1 }).build())
        .await
        .unwrap();
    let hint = mongodb::options::Hint::Name("n_1".to_owned());
    let found = items.find(doc! { "n": 3 }).hint(hint).await.unwrap();
    assert_eq!(found.try_collect::<Vec<_>>().await.unwrap().len(), 10);
    fixture.end().await;
}

#[tokio::test]
#[ignore = "waits for the engine's minute"]
async fn an_expired_document_goes_within_two_minutes() {
    let fixture = Fixture::new().await;
    let events = fixture.collection("events");
    let ttl = IndexOptions::builder()
        .expire_after(Duration::from_secs(1))
        .build();
    events
        .create_index(index(doc! { "at": 1 }, ttl))
        .await
        .unwrap();
    let documents = [
        doc! { "at": mongodb::bson::DateTime::now() },
        doc! { "at": "never" },
    ];
    events.insert_many(documents).await.unwrap();
    let until = std::time::Instant::now() + Duration::from_mins(2);
    while events.count_documents(doc! {}).await.unwrap() == 2 {
        assert!(std::time::Instant::now() < until, "still there");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(
        events
            .count_documents(doc! { "at": "never" })
            .await
            .unwrap(),
        1
    );
    fixture.end().await;
}

#[tokio::test]
async fn several_indexes_may_be_built_at_once() {
    let fixture = Fixture::new().await;
    let build = async |number: i32| {
        let items = fixture.collection(&format!("items_{number}"));
        items
            .insert_many((0..200).map(|n| doc! { "n": n }))
            .await
            .unwrap();
        items
            .create_index(index(doc! { "n": 1 }, unique()))
            .await
            .unwrap();
        assert_eq!(
            code(&items.insert_one(doc! { "n": 1 }).await.unwrap_err()),
            Some(11000)
        );
    };
    futures::future::join_all((0..5).map(build)).await;
    fixture.end().await;
}
