//! No update is lost, however often the connection is.
//!
//! While five hundred tasks run, clients connect, are cut off and connect again at random moments.
//! What each of them has put together is compared with the history that the API tells.

mod client;
mod record;

use std::sync::Arc;
use std::time::Duration;

use end_to_end::{Caller, Stack};
use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream;
use serde_json::{Value, json};
use tokio::time::Instant;

use client::{Client, Feed};

const TASKS: usize = 500;
const BATCH: usize = 25;

/// Clients that are cut off, beside one that never is.
const CLIENTS: u64 = 3;

/// With a busy machine in mind.
const PATIENCE: Duration = Duration::from_mins(8);

/// The moments of this run; `RESUME_SEED` repeats another.
fn seed() -> u64 {
    let given = std::env::var("RESUME_SEED").ok();
    given
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_260_301)
}

#[tokio::test]
async fn no_update_is_lost_however_often_clients_are_cut_off() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let feed = Arc::new(Feed::default());
    let end = Instant::now() + PATIENCE;
    let cut = (1..=CLIENTS).map(|n| {
        let client = Client::new(caller.clone(), Arc::clone(&feed), seed() + n);
        tokio::spawn(client.cut_off_until_complete(TASKS, end))
    });
    let cut: Vec<_> = cut.collect();
    let steady = Client::new(caller.clone(), Arc::clone(&feed), 0);
    let steady = tokio::spawn(steady.stay_until_ended(TASKS, end));
    submit(&caller, &feed).await;

    let steady = steady.await.expect("the steady client ends in time");
    let cut = join_all(cut).await;
    let histories = histories(&caller, &feed.ids()).await;
    assert_eq!(histories.len(), TASKS);
    // Live, progress that a newer version overtakes may be left out; nothing else may.
    steady.record.assert_tells_the_story_of(&histories);
    for client in cut {
        let client = client.expect("a client ends in time");
        println!("{}", client.summary());
        client.record.assert_equals(&histories);
        assert!(client.cuts > 3, "it was cut off {} times only", client.cuts);
    }
}

/// In batches, with pauses.
async fn submit(caller: &Caller, feed: &Feed) {
    let task = json!({"kind": "aggregate", "input": {"window": "all"}});
    for _ in 0..TASKS / BATCH {
        let started = Instant::now();
        let batch = json!({"tasks": vec![task.clone(); BATCH]});
        let answer = caller.post("/tasks/batch", &batch).await.expect(200);
        let taken = answer["tasks"].as_array().expect("outcomes").iter();
        let ids = taken.map(|taken| taken["request_id"].as_str().expect("taken").to_owned());
        feed.add(started, ids);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The tasks as the API tells them, each by its id.
async fn histories(caller: &Caller, ids: &[String]) -> Vec<Value> {
    let tasks = ids
        .iter()
        .map(|id| async move { caller.get(&format!("/tasks/{id}")).await.expect(200) });
    stream::iter(tasks.collect::<Vec<_>>())
        .buffer_unordered(8)
        .collect()
        .await
}
