//! Many clients at once.

use mongodb::bson::doc;

use crate::support::Fixture;

#[tokio::test]
async fn four_hundred_concurrent_increments_are_exact() {
    let fixture = Fixture::new().await;
    let counters = fixture.collection("counters");
    counters
        .insert_one(doc! { "_id": 1, "n": 0 })
        .await
        .unwrap();
    let increments = (0..400).map(|_| {
        let counters = counters.clone();
        tokio::spawn(async move {
            counters
                .update_one(doc! { "_id": 1 }, doc! { "$inc": { "n": 1 } })
                .await
                .unwrap();
        })
    });
    for increment in increments.collect::<Vec<_>>() {
        increment.await.unwrap();
    }
    let counter = counters.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!(counter.get_i32("n").unwrap(), 400);
    fixture.end().await;
}

#[tokio::test]
async fn concurrent_upserts_make_one_document() {
    let fixture = Fixture::new().await;
    let counters = fixture.collection("counters");
    let upserts = (0..40).map(|_| {
        let counters = counters.clone();
        tokio::spawn(async move {
            let bump = doc! { "$inc": { "n": 1 } };
            counters
                .update_one(doc! { "_id": 1 }, bump)
                .upsert(true)
                .await
                .unwrap();
        })
    });
    for upsert in upserts.collect::<Vec<_>>() {
        upsert.await.unwrap();
    }
    let counter = counters.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!(counter, doc! { "_id": 1, "n": 40 });
    fixture.end().await;
}

#[tokio::test]
async fn the_first_inserts_into_new_collections_may_race() {
    let fixture = Fixture::new().await;
    let inserts = (0..48).map(|n| {
        let items = fixture.collection(&format!("items_{}", n % 4));
        tokio::spawn(async move { items.insert_one(doc! { "_id": n }).await.unwrap() })
    });
    for insert in inserts.collect::<Vec<_>>() {
        insert.await.unwrap();
    }
    for n in 0..4 {
        let items = fixture.collection(&format!("items_{n}"));
        assert_eq!(items.count_documents(doc! {}).await.unwrap(), 12);
    }
    fixture.end().await;
}

#[tokio::test]
async fn more_clients_than_connections_are_all_served() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items.insert_one(doc! { "_id": 1 }).await.unwrap();
    let clients = (0..60).map(|_| {
        let uri = fixture.gateway.uri();
        let name = fixture.database.name().to_owned();
        tokio::spawn(async move {
            let client = mongodb::Client::with_uri_str(uri).await.unwrap();
            let items = client
                .database(&name)
                .collection::<mongodb::bson::Document>("items");
            for _ in 0..5 {
                assert!(items.find_one(doc! { "_id": 1 }).await.unwrap().is_some());
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    fixture.end().await;
}
