//! Reads and writes of documents.

use futures::TryStreamExt;
use mongodb::bson::{DateTime, Document, Uuid, doc, oid::ObjectId, spec::BinarySubtype};
use mongodb::options::ReturnDocument;

use crate::support::{Fixture, code};

#[tokio::test]
async fn a_document_is_written_read_changed_and_deleted() {
    let fixture = Fixture::new().await;
    let users = fixture.collection("users");
    users
        .insert_one(doc! { "_id": 1, "name": "Ada", "tags": ["a"] })
        .await
        .unwrap();

    let updated = users
        .update_one(doc! { "_id": 1 }, doc! { "$push": { "tags": "b" } })
        .await;
    assert_eq!(updated.unwrap().modified_count, 1);
    let found = users.find_one(doc! { "tags": "b" }).await.unwrap().unwrap();
    assert_eq!(found, doc! { "_id": 1, "name": "Ada", "tags": ["a", "b"] });

    users
        .replace_one(doc! { "_id": 1 }, doc! { "name": "Grace" })
        .await
        .unwrap();
    assert_eq!(
        users.find_one(doc! {}).await.unwrap().unwrap(),
        doc! { "_id": 1, "name": "Grace" }
    );
    assert_eq!(
        users
            .delete_one(doc! { "_id": 1 })
            .await
            .unwrap()
            .deleted_count,
        1
    );
    assert!(users.find_one(doc! {}).await.unwrap().is_none());
    fixture.end().await;
}

#[tokio::test]
async fn every_type_comes_back_as_it_went() {
    let fixture = Fixture::new().await;
    let types = fixture.collection("types");
    let binary = mongodb::bson::Binary {
        subtype: BinarySubtype::Generic,
        bytes: vec![0, 1, 255],
    };
    let document = doc! {
        "_id": ObjectId::new(), "double": 0.1, "text": "žluťoučký 🐎", "empty": {}, "list": [1, "a", null],
        "binary": binary, "uuid": Uuid::from_bytes([7; 16]), "yes": true, "at": DateTime::from_millis(1_700_000_000_123),
        "null": null, "i32": -5, "i64": 5_000_000_000_i64, "infinite": f64::INFINITY,
        "regex": mongodb::bson::Regex { pattern: "^a".try_into().unwrap(), options: "i".try_into().unwrap() },
        "deep": { "a": { "b": [{ "c": 1.5 }] } },
    };
    types.insert_one(&document).await.unwrap();
    assert_eq!(types.find_one(doc! {}).await.unwrap().unwrap(), document);
    fixture.end().await;
}

#[tokio::test]
async fn an_unordered_insert_writes_all_but_the_duplicates() {
    let fixture = Fixture::new().await;
    let events = fixture.collection("events");
    let documents = [1, 2, 1, 3, 2].map(|id| doc! { "_id": id });
    let error = events
        .insert_many(&documents)
        .ordered(false)
        .await
        .unwrap_err();
    let mongodb::error::ErrorKind::InsertMany(error) = error.kind.as_ref() else {
        panic!("not an insert error: {error}")
    };
    let errors = error.write_errors.as_ref().unwrap();
    assert_eq!(
        errors.iter().map(|error| error.index).collect::<Vec<_>>(),
        [2, 4]
    );
    assert!(errors.iter().all(|error| error.code == 11000));
    assert!(errors[0].message.starts_with("E11000 duplicate key error"));
    assert_eq!(events.count_documents(doc! {}).await.unwrap(), 3);
    fixture.end().await;
}

#[tokio::test]
async fn an_ordered_insert_stops_at_the_first_duplicate() {
    let fixture = Fixture::new().await;
    let events = fixture.collection("events");
    let documents = [1, 1, 2].map(|id| doc! { "_id": id });
    let error = events.insert_many(&documents).await.unwrap_err();
    assert_eq!(code(&error), Some(11000));
    assert_eq!(events.count_documents(doc! {}).await.unwrap(), 1);
    fixture.end().await;
}

#[tokio::test]
async fn a_thousand_events_are_written_at_once_and_again_without_effect() {
    let fixture = Fixture::new().await;
    let events = fixture.collection("events");
    let documents: Vec<_> = (0..1000)
        .map(|id| doc! { "_id": id, "text": "x".repeat(500) })
        .collect();
    let inserted = events.insert_many(&documents).ordered(false).await.unwrap();
    assert_eq!(inserted.inserted_ids.len(), 1000);
    let error = events
        .insert_many(&documents)
        .ordered(false)
        .await
        .unwrap_err();
    let mongodb::error::ErrorKind::InsertMany(error) = error.kind.as_ref() else {
        panic!("{error}")
    };
    assert_eq!(error.write_errors.as_ref().unwrap().len(), 1000);
    fixture.end().await;
}

#[tokio::test]
async fn many_are_updated_and_deleted_by_filter() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many((0..10).map(|n| doc! { "_id": n, "n": n }))
        .await
        .unwrap();
    let updated = items.update_many(
        doc! { "n": { "$gte": 5 } },
        doc! { "$set": { "big": true } },
    );
    assert_eq!(updated.await.unwrap().modified_count, 5);
    assert_eq!(
        items
            .delete_many(doc! { "big": true })
            .await
            .unwrap()
            .deleted_count,
        5
    );
    assert_eq!(items.estimated_document_count().await.unwrap(), 5);
    fixture.end().await;
}

#[tokio::test]
async fn an_upsert_inserts_once_and_tells_the_id() {
    let fixture = Fixture::new().await;
    let counters = fixture.collection("counters");
    let bump = || {
        counters
            .update_one(doc! { "_id": "a" }, doc! { "$inc": { "n": 1 } })
            .upsert(true)
    };
    assert_eq!(bump().await.unwrap().upserted_id, Some("a".into()));
    assert_eq!(bump().await.unwrap().upserted_id, None);
    let found = counters.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!(found, doc! { "_id": "a", "n": 2 });
    fixture.end().await;
}

#[tokio::test]
async fn array_filters_change_only_the_elements_they_name() {
    let fixture = Fixture::new().await;
    let orders = fixture.collection("orders");
    orders
        .insert_one(doc! { "_id": 1, "lines": [{ "q": 1, "s": "new" }, { "q": 5, "s": "new" }] })
        .await
        .unwrap();
    orders
        .update_one(
            doc! { "_id": 1 },
            doc! { "$set": { "lines.$[big].s": "split" } },
        )
        .array_filters([doc! { "big.q": { "$gt": 2 } }])
        .await
        .unwrap();
    let found = orders.find_one(doc! {}).await.unwrap().unwrap();
    let lines = [doc! { "q": 1, "s": "new" }, doc! { "q": 5, "s": "split" }];
    assert_eq!(found, doc! { "_id": 1, "lines": lines.to_vec() });
    fixture.end().await;
}

#[tokio::test]
async fn find_and_modify_gives_the_document_before_or_after() {
    let fixture = Fixture::new().await;
    let jobs = fixture.collection("jobs");
    jobs.insert_many([doc! { "_id": 1, "p": 1 }, doc! { "_id": 2, "p": 9 }])
        .await
        .unwrap();
    let taken = jobs
        .find_one_and_update(doc! { "owner": null }, doc! { "$set": { "owner": "me" } })
        .sort(doc! { "p": -1 })
        .return_document(ReturnDocument::After)
        .projection(doc! { "p": 0 })
        .await
        .unwrap();
    assert_eq!(taken.unwrap(), doc! { "_id": 2, "owner": "me" });
    let replaced = jobs
        .find_one_and_replace(doc! { "_id": 1 }, doc! { "p": 3 })
        .await
        .unwrap();
    assert_eq!(replaced.unwrap(), doc! { "_id": 1, "p": 1 });
    let deleted = jobs.find_one_and_delete(doc! { "_id": 1 }).await.unwrap();
    assert_eq!(deleted.unwrap(), doc! { "_id": 1, "p": 3 });
    assert!(
        jobs.find_one_and_delete(doc! { "_id": 1 })
            .await
            .unwrap()
            .is_none()
    );
    fixture.end().await;
}

#[tokio::test]
async fn an_update_may_be_a_pipeline() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_one(doc! { "_id": 1, "a": 2, "b": 3 })
        .await
        .unwrap();
    let sum = vec![doc! { "$set": { "sum": { "$add": ["$a", "$b"] } } }];
    items.update_one(doc! {}, sum).await.unwrap();
    assert_eq!(
        items
            .find_one(doc! {})
            .await
            .unwrap()
            .unwrap()
            .get_i32("sum")
            .unwrap(),
        5
    );
    fixture.end().await;
}

#[tokio::test]
async fn a_query_sorts_skips_limits_and_projects() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many((0..20).map(|n| doc! { "_id": n, "n": n % 5, "x": "y" }))
        .await
        .unwrap();
    let found: Vec<Document> = items
        .find(doc! { "n": { "$in": [1, 2] } })
        .sort(doc! { "n": -1, "_id": 1 })
        .skip(1)
        .limit(3)
        .projection(doc! { "n": 1 })
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    let expected = [(7, 2), (12, 2), (17, 2)].map(|(id, n)| doc! { "_id": id, "n": n });
    assert_eq!(found, expected);
    fixture.end().await;
}

#[tokio::test]
async fn distinct_and_counts_agree() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many((0..30).map(|n| doc! { "_id": n, "s": n % 3 }))
        .await
        .unwrap();
    let mut kinds = items
        .distinct("s", doc! { "_id": { "$gt": 5 } })
        .await
        .unwrap();
    kinds.sort_by_key(mongodb::bson::Bson::as_i32);
    assert_eq!(kinds, [0.into(), 1.into(), 2.into()]);
    assert_eq!(items.count_documents(doc! { "s": 1 }).await.unwrap(), 10);
    assert_eq!(items.estimated_document_count().await.unwrap(), 30);
    assert_eq!(
        fixture
            .collection("none")
            .estimated_document_count()
            .await
            .unwrap(),
        0
    );
    fixture.end().await;
}

#[tokio::test]
async fn collections_are_created_listed_renamed_and_dropped() {
    let fixture = Fixture::new().await;
    fixture.database.create_collection("a").await.unwrap();
    fixture.collection("b").insert_one(doc! {}).await.unwrap();
    let mut names = fixture.database.list_collection_names().await.unwrap();
    names.sort();
    assert_eq!(names, ["a", "b"]);

    let from = format!("{}.b", fixture.database.name());
    let to = format!("{}.c", fixture.database.name());
    let rename = doc! { "renameCollection": from, "to": to };
    fixture
        .client
        .database("admin")
        .run_command(rename)
        .await
        .unwrap();
    fixture.collection("a").drop().await.unwrap();
    fixture.collection("never").drop().await.unwrap();
    assert_eq!(
        fixture.database.list_collection_names().await.unwrap(),
        ["c"]
    );
    let databases = fixture.client.list_database_names().await.unwrap();
    assert!(databases.contains(&fixture.database.name().to_owned()));
    fixture.end().await;
}

#[tokio::test]
async fn a_view_shows_what_its_pipeline_lets_through() {
    let fixture = Fixture::new().await;
    fixture
        .collection("logs")
        .insert_many((0..4).map(|n| doc! { "_id": n }))
        .await
        .unwrap();
    fixture
        .database
        .create_collection("late")
        .view_on("logs".to_owned())
        .pipeline([doc! { "$match": { "_id": { "$gte": 2 } } }])
        .await
        .unwrap();
    assert_eq!(
        fixture
            .collection("late")
            .count_documents(doc! {})
            .await
            .unwrap(),
        2
    );
    fixture.end().await;
}
