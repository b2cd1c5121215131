//! Multi-document transactions.

use futures::TryStreamExt;
use mongodb::action::Action;
use mongodb::bson::{Document, doc};
use mongodb::error::{TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};
use mongodb::{ClientSession, Collection};

use crate::support::{Fixture, code};

async fn begun(fixture: &Fixture) -> ClientSession {
    let mut session = fixture.client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    session
}

/// Two accounts with a hundred each.
async fn accounts() -> (Fixture, Collection<Document>) {
    let fixture = Fixture::new().await;
    let accounts = fixture.collection("accounts");
    let documents = [doc! { "_id": "a", "n": 100 }, doc! { "_id": "b", "n": 100 }];
    accounts.insert_many(documents).await.unwrap();
    (fixture, accounts)
}

async fn balance(accounts: &Collection<Document>, id: &str) -> i32 {
    accounts
        .find_one(doc! { "_id": id })
        .await
        .unwrap()
        .unwrap()
        .get_i32("n")
        .unwrap()
}

fn add(n: i32) -> Document {
    doc! { "$inc": { "n": n } }
}

#[tokio::test]
async fn a_commit_shows_everything_at_once() {
    let (fixture, accounts) = accounts().await;
    let mut session = begun(&fixture).await;
    accounts
        .update_one(doc! { "_id": "a" }, add(-30))
        .session(&mut session)
        .await
        .unwrap();
    accounts
        .update_one(doc! { "_id": "b" }, add(30))
        .session(&mut session)
        .await
        .unwrap();
    accounts
        .insert_one(doc! { "_id": "c", "n": 0 })
        .session(&mut session)
        .await
        .unwrap();
    assert_eq!(
        (balance(&accounts, "a").await, balance(&accounts, "b").await),
        (100, 100)
    );
    let inside = accounts
        .find_one(doc! { "_id": "a" })
        .session(&mut session)
        .await
        .unwrap();
    assert_eq!(inside.unwrap().get_i32("n").unwrap(), 70);
    session.commit_transaction().await.unwrap();
    // A driver that is unsure may ask twice.
    session.commit_transaction().await.unwrap();
    assert_eq!(
        (balance(&accounts, "a").await, balance(&accounts, "b").await),
        (70, 130)
    );
    assert_eq!(accounts.count_documents(doc! {}).await.unwrap(), 3);
    fixture.end().await;
}

#[tokio::test]
async fn an_abort_leaves_nothing() {
    let (fixture, accounts) = accounts().await;
    let mut session = begun(&fixture).await;
    accounts
        .delete_many(doc! {})
        .session(&mut session)
        .await
        .unwrap();
    let fresh = fixture.collection("fresh");
    fresh
        .insert_one(doc! { "_id": 1 })
        .session(&mut session)
        .await
        .unwrap();
    session.abort_transaction().await.unwrap();
    assert_eq!(accounts.count_documents(doc! {}).await.unwrap(), 2);
    assert_eq!(fresh.count_documents(doc! {}).await.unwrap(), 0);
    fixture.end().await;
}

#[tokio::test]
async fn a_session_dropped_in_the_middle_leaves_nothing() {
    let (fixture, accounts) = accounts().await;
    let mut session = begun(&fixture).await;
    accounts
        .update_one(doc! { "_id": "a" }, add(5))
        .session(&mut session)
        .await
        .unwrap();
    drop(session);
    // Waits for the row until the dropped transaction has been rolled back.
    accounts
        .update_one(doc! { "_id": "a" }, add(1))
        .await
        .unwrap();
    assert_eq!(balance(&accounts, "a").await, 101);
    fixture.end().await;
}

#[tokio::test]
async fn of_two_writers_the_second_is_told_to_try_again() {
    let (fixture, accounts) = accounts().await;
    let mut first = begun(&fixture).await;
    let mut second = begun(&fixture).await;
    accounts
        .update_one(doc! { "_id": "a" }, add(1))
        .session(&mut first)
        .await
        .unwrap();
    let late = accounts
        .update_one(doc! { "_id": "a" }, add(1))
        .session(&mut second)
        .await;
    let error = late.unwrap_err();
    assert_eq!(code(&error), Some(112));
    assert!(error.contains_label(TRANSIENT_TRANSACTION_ERROR));
    first.commit_transaction().await.unwrap();
    assert_eq!(balance(&accounts, "a").await, 101);
    fixture.end().await;
}

#[tokio::test]
async fn a_write_over_what_changed_since_the_snapshot_is_a_conflict() {
    let (fixture, accounts) = accounts().await;
    let mut session = begun(&fixture).await;
    accounts
        .find_one(doc! { "_id": "b" })
        .session(&mut session)
        .await
        .unwrap();
    accounts
        .update_one(doc! { "_id": "a" }, add(7))
        .await
        .unwrap();
    let seen = accounts
        .find_one(doc! { "_id": "a" })
        .session(&mut session)
        .await
        .unwrap();
    assert_eq!(
        seen.unwrap().get_i32("n").unwrap(),
        100,
        "a transaction reads its snapshot"
    );
    let late = accounts
        .update_one(doc! { "_id": "a" }, add(1))
        .session(&mut session)
        .await;
    let error = late.unwrap_err();
    assert_eq!(code(&error), Some(112));
    assert!(error.contains_label(TRANSIENT_TRANSACTION_ERROR));
    let commit = session.commit_transaction().await.unwrap_err();
    assert_eq!(code(&commit), Some(251));
    assert!(!commit.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT));
    fixture.end().await;
}

#[tokio::test]
async fn a_duplicate_ends_the_transaction() {
    let (fixture, accounts) = accounts().await;
    let mut session = begun(&fixture).await;
    accounts
        .update_one(doc! { "_id": "b" }, add(1))
        .session(&mut session)
        .await
        .unwrap();
    let twice = accounts
        .insert_one(doc! { "_id": "a" })
        .session(&mut session)
        .await;
    assert_eq!(code(&twice.unwrap_err()), Some(11000));
    let next = accounts
        .find_one(doc! {})
        .session(&mut session)
        .await
        .unwrap_err();
    assert_eq!(code(&next), Some(251));
    assert_eq!(balance(&accounts, "b").await, 100);
    fixture.end().await;
}

#[tokio::test]
async fn the_drivers_own_retry_makes_concurrent_transfers_exact() {
    let (fixture, accounts) = accounts().await;
    let transfer = |accounts: Collection<Document>| async move {
        let mut session = accounts.client().start_session().await.unwrap();
        let body = async |session: &mut ClientSession| {
            accounts
                .update_one(doc! { "_id": "a" }, add(-1))
                .session(&mut *session)
                .await?;
            accounts
                .update_one(doc! { "_id": "b" }, add(1))
                .session(&mut *session)
                .await?;
            Ok(())
        };
        session.start_transaction().and_run2(body).await.unwrap();
    };
    futures::future::join_all((0..20).map(|_| transfer(accounts.clone()))).await;
    assert_eq!(
        (balance(&accounts, "a").await, balance(&accounts, "b").await),
        (80, 120)
    );
    fixture.end().await;
}

#[tokio::test]
async fn a_cursor_goes_on_inside_its_transaction() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many((0..300).map(|n| doc! { "_id": n }))
        .await
        .unwrap();
    for sort in [None, Some(doc! { "_id": -1 })] {
        let mut session = begun(&fixture).await;
        let cursor = items
            .find(doc! {})
            .optional(sort, mongodb::action::Find::sort)
            .batch_size(40)
            .session(&mut session)
            .await;
        let found: Vec<_> = cursor
            .unwrap()
            .stream(&mut session)
            .try_collect()
            .await
            .unwrap();
        assert_eq!(found.len(), 300);
        session.commit_transaction().await.unwrap();
    }
    fixture.end().await;
}
