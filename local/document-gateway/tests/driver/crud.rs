//! Reads and writes of documents, through the official driver.

use crate::support::{Fixture, code};
use futures::TryStreamExt;
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;

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
