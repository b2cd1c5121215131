//! Results that need more than one page.

use futures::TryStreamExt;
use mongodb::bson::{Document, doc};
use mongodb::options::ClientOptions;

use crate::support::{Fixture, code};

async fn filled(count: i32, padding: usize) -> Fixture {
    let fixture = Fixture::new().await;
    let documents = (0..count).map(|n| doc! { "_id": n, "k": n % 7, "p": "x".repeat(padding) });
    fixture
        .collection("items")
        .insert_many(documents)
        .await
        .unwrap();
    fixture
}

#[tokio::test]
async fn a_find_goes_on_over_many_pages() {
    let fixture = filled(1050, 0).await;
    let cursor = fixture.collection("items").find(doc! {}).await.unwrap();
    let found: Vec<Document> = cursor.try_collect().await.unwrap();
    let mut ids: Vec<_> = found
        .iter()
        .map(|found| found.get_i32("_id").unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..1050).collect::<Vec<_>>());
    fixture.end().await;
}

#[tokio::test]
async fn a_sorted_find_keeps_its_order_across_pages() {
    let fixture = filled(1000, 0).await;
    let items = fixture.collection("items");
    let cursor = items
        .find(doc! {})
        .sort(doc! { "k": 1, "_id": -1 })
        .batch_size(90)
        .await
        .unwrap();
    let found: Vec<Document> = cursor.try_collect().await.unwrap();
    let keys: Vec<_> = found
        .iter()
        .map(|found| (found.get_i32("k").unwrap(), -found.get_i32("_id").unwrap()))
        .collect();
    assert_eq!(keys.len(), 1000);
    assert!(keys.is_sorted());
    fixture.end().await;
}

#[tokio::test]
async fn an_aggregation_goes_on_over_many_pages_from_several_clients() {
    let fixture = filled(600, 0).await;
    let read = |items: mongodb::Collection<Document>| async move {
        let pipeline = [doc! { "$group": { "_id": "$_id", "k": { "$max": "$k" } } }];
        let cursor = items.aggregate(pipeline).batch_size(50).await.unwrap();
        cursor.try_collect::<Vec<_>>().await.unwrap().len()
    };
    let readers = (0..6).map(|_| tokio::spawn(read(fixture.collection("items"))));
    for reader in readers.collect::<Vec<_>>() {
        assert_eq!(reader.await.unwrap(), 600);
    }
    fixture.end().await;
}

#[tokio::test]
async fn forty_megabytes_come_through() {
    let fixture = filled(2000, 20_000).await;
    let cursor = fixture.collection("items").find(doc! {}).await.unwrap();
    let found: Vec<Document> = cursor.try_collect().await.unwrap();
    assert_eq!(
        found
            .iter()
            .map(|d| d.get_str("p").unwrap().len())
            .sum::<usize>(),
        40_000_000
    );
    fixture.end().await;
}

#[tokio::test]
async fn a_cursor_serves_any_connection_and_dies_when_killed() {
    let fixture = filled(300, 0).await;
    let find = doc! { "find": "items", "sort": { "k": 1 }, "batchSize": 10 };
    let page = fixture.database.run_command(find).await.unwrap();
    let id = page.get_document("cursor").unwrap().get_i64("id").unwrap();
    assert_ne!(id, 0);

    let more = doc! { "getMore": id, "collection": "items", "batchSize": 20 };
    let options = ClientOptions::parse(fixture.gateway.uri()).await.unwrap();
    let other = mongodb::Client::with_options(options).unwrap();
    let other = other.database(fixture.database.name());
    let page = other.run_command(more.clone()).await.unwrap();
    assert_eq!(
        page.get_document("cursor")
            .unwrap()
            .get_array("nextBatch")
            .unwrap()
            .len(),
        20
    );

    let kill = doc! { "killCursors": "items", "cursors": [id, 42_i64] };
    let killed = fixture.database.run_command(kill).await.unwrap();
    assert_eq!(killed.get_array("cursorsKilled").unwrap(), &[id.into()]);
    assert_eq!(
        killed.get_array("cursorsNotFound").unwrap(),
        &[42_i64.into()]
    );
    let error = fixture.database.run_command(more).await.unwrap_err();
    assert_eq!(code(&error), Some(43));
    fixture.end().await;
}

#[tokio::test]
async fn a_cursor_reads_to_its_end_while_others_write() {
    let fixture = filled(500, 0).await;
    let items = fixture.collection("items");
    let mut cursor = items
        .find(doc! {})
        .sort(doc! { "_id": 1 })
        .batch_size(50)
        .await
        .unwrap();
    let mut seen = 0;
    while let Some(found) = cursor.try_next().await.unwrap() {
        items
            .delete_one(doc! { "_id": found.get_i32("_id").unwrap() })
            .await
            .unwrap();
        seen += 1;
    }
    assert_eq!(seen, 500);
    fixture.end().await;
}
