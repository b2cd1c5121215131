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

/// `RESUME_TASKS` runs with fewer, for a busy machine.
const TASKS: usize = 500;
const BATCH: usize = 10;

/// Clients that are cut off, beside one that never is.
const CLIENTS: u64 = 3;

/// With a busy machine in mind.
const PATIENCE: Duration = Duration::from_mins(8);

/// The moments of this run; `RESUME_SEED` repeats another.
fn seed() -> u64 {
    number("RESUME_SEED").unwrap_or(20_260_301)
}

fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test]
async fn no_update_is_lost_however_often_clients_are_cut_off() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let feed = Arc::new(Feed::default());
    let tasks = number("RESUME_TASKS").unwrap_or(TASKS);
    let end = Instant::now() + PATIENCE;
    let cut = (1..=CLIENTS).map(|n| {
        let client = Client::new(caller.clone(), Arc::clone(&feed), seed() + n);
        tokio::spawn(client.cut_off_until_complete(tasks, end))
    });
    let cut: Vec<_> = cut.collect();
    let steady = Client::new(caller.clone(), Arc::clone(&feed), 0);
    let steady = tokio::spawn(steady.stay_until_ended(tasks, end));
    submit(&caller, &feed, tasks).await;

    let steady = steady.await.expect("the steady client ends in time");
    let cut = join_all(cut).await;
    let histories = histories(&caller, &feed.ids()).await;
    assert_eq!(histories.len(), tasks);
    // Live, steps may be left out while the queue does not answer; no end ever is.
    steady.record.assert_tells_every_end_of(&histories);
    for client in cut {
        let client = client.expect("a client ends in time");
        println!("{}", client.summary());
        client.record.assert_equals(&histories);
        assert!(client.cuts > 3, "it was cut off {} times only", client.cuts);
    }
}

/// In batches, with pauses. What a busy machine does not take at once is sent again.
async fn submit(caller: &Caller, feed: &Feed, tasks: usize) {
    for _ in 0..tasks / BATCH {
        let started = Instant::now();
        let task = |_| {
            let key = end_to_end::fresh();
            json!({"kind": "aggregate", "input": {"window": "all"}, "idempotency_key": key})
        };
        let batch = json!({"tasks": (0..BATCH).map(task).collect::<Vec<_>>()});
        let mut ids = taken(caller, &batch).await;
        while ids.len() < BATCH {
            ids = taken(caller, &batch).await;
        }
        feed.add(started, ids.into_iter());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The tasks of a batch that were taken on, now or before.
async fn taken(caller: &Caller, batch: &Value) -> Vec<String> {
    let answer = caller.post("/tasks/batch", batch).await;
    let outcomes = answer.body["tasks"].as_array().cloned().unwrap_or_default();
    let ids = outcomes
        .iter()
        .filter_map(|outcome| outcome["request_id"].as_str());
    ids.map(ToOwned::to_owned).collect()
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
