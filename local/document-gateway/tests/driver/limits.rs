//! What the engine does not do is refused by number, never ignored.

use mongodb::bson::{Document, doc};

use crate::support::{Fixture, code};

#[tokio::test]
async fn what_is_not_supported_says_so() {
    let fixture = Fixture::new().await;
    fixture
        .collection("items")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
    let collation = doc! { "locale": "en", "strength": 2 };
    let index = doc! { "key": { "s": 1 }, "name": "s_1", "collation": &collation };
    let cases: [Document; 5] = [
        doc! { "aggregate": "items", "pipeline": [{ "$changeStream": {} }], "cursor": {} },
        doc! { "create": "ring", "capped": true, "size": 4096 },
        doc! { "create": "series", "timeseries": { "timeField": "at" } },
        doc! { "find": "items", "collation": &collation },
        doc! { "createIndexes": "items", "indexes": [index] },
    ];
    for command in cases {
        let error = fixture
            .database
            .run_command(command.clone())
            .await
            .unwrap_err();
        assert_eq!(code(&error), Some(115), "{command}: {error}");
    }
    fixture.end().await;
}

#[tokio::test]
async fn indexes_are_not_built_inside_a_transaction() {
    let fixture = Fixture::new().await;
    let mut session = fixture.client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    let create =
        doc! { "createIndexes": "items", "indexes": [{ "key": { "a": 1 }, "name": "a_1" }] };
    let refused = fixture
        .database
        .run_command(create)
        .session(&mut session)
        .await;
    assert_eq!(code(&refused.unwrap_err()), Some(263));
    fixture.end().await;
}
