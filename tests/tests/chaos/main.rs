//! A thousand tasks on the deployed stack, while its workers are killed at random.
//!
//! The workers are found by the processes' environment under `/proc`, so this runs on Linux only.
//! `.config/nextest.toml` keeps other tests from running meanwhile: they use the same workers.

#![cfg(target_os = "linux")]
#![expect(
    clippy::expect_used,
    reason = "a test stops at what is not as it should be"
)]

mod audience;
mod killer;
mod random;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use end_to_end::{Caller, Stack};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::audience::Audience;
use crate::random::Random;

const TENANTS: usize = 10;
const TASKS_EACH: usize = 100;

/// How long workers are killed.
const CHAOS: Duration = Duration::from_secs(25);

/// How long everything may take. A message whose worker died before it did anything with it stays
/// hidden for many minutes; the sweep finds its task after two to four.
const PATIENCE: Duration = Duration::from_mins(9);

/// Half of them wait for a database, half of them compute.
fn task(n: usize) -> Value {
    if n.is_multiple_of(2) {
        return json!({"kind": "aggregate", "input": {"window": "all"}});
    }
    let documents: Vec<_> = (0..10)
        .map(|n| json!({"id": n.to_string(), "text": "Such a glad day, and so much to do."}))
        .collect();
    json!({"kind": "analyze", "input": {"documents": documents}})
}

async fn submit(caller: &Caller) -> BTreeSet<String> {
    let tasks: Vec<_> = (0..TASKS_EACH).map(task).collect();
    let answer = caller
        .post("/tasks/batch", &json!({ "tasks": tasks }))
        .await;
    let body = answer.expect(200);
    let outcomes = body["tasks"].as_array().expect("a list");
    let ids = outcomes.iter().map(|outcome| &outcome["request_id"]);
    ids.map(|id| id.as_str().expect("a request_id").to_owned())
        .collect()
}

/// Checks the stored task: one end, and every version once.
fn check(task: &Value) {
    assert_eq!(task["status"], "completed", "{task}");
    let updates = task["updates"].as_array().expect("a history");
    let versions: Vec<_> = updates.iter().map(|u| u["version"].as_u64()).collect();
    let all: Vec<_> = (1..=task["version"].as_u64().expect("a version"))
        .map(Some)
        .collect();
    assert_eq!(versions, all, "{task}");
    let ends = updates.iter().filter(|u| u["status"] != "processing");
    assert_eq!(ends.count(), 1, "{task}");
}

/// The dead letters that name one of these tasks.
async fn dead_letters(stack: &Stack, ids: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for _ in 0..20 {
        let receive = stack.queues().receive_message();
        let received = receive
            .queue_url(Stack::variable("TASK_DLQ_URL"))
            .max_number_of_messages(10)
            .visibility_timeout(5)
            .send()
            .await;
        let messages = received.expect("the queue answers").messages;
        let messages = messages.unwrap_or_default();
        if messages.is_empty() {
            break;
        }
        let bodies = messages.iter().filter_map(|message| message.body());
        found.extend(
            bodies
                .filter(|body| ids.iter().any(|id| body.contains(id.as_str())))
                .map(str::to_owned),
        );
    }
    found
}

#[tokio::test]
async fn workers_killed_at_random_lose_and_repeat_nothing() {
    let started = Instant::now();
    let mut random = Random::seeded();
    let stack = Stack::running().await;
    let callers: Vec<_> = join_all((0..TENANTS).map(|_| stack.new_tenant())).await;
    let audiences = join_all(callers.iter().map(Audience::of)).await;

    let killing = tokio::spawn(async move { killer::kill_for(CHAOS, &mut random).await });
    let submitted = join_all(callers.iter().map(submit)).await;
    eprintln!("submitted after {:?}", started.elapsed());
    let watching = audiences
        .into_iter()
        .zip(&submitted)
        .map(|(audience, ids)| audience.sees_the_end_of(ids));
    let watching = tokio::time::timeout(PATIENCE, join_all(watching)).await;
    let unseen: Vec<_> = watching.expect("in time").into_iter().flatten().collect();
    let killed = killing.await.expect("the killer's own task");
    eprintln!(
        "{killed} workers killed, all ended after {:?}",
        started.elapsed()
    );
    assert!(killed >= 10, "only {killed} workers were killed");
    assert_eq!(unseen, Vec::<String>::new());

    join_all(callers.iter().zip(&submitted).map(async |(caller, ids)| {
        assert_eq!(ids.len(), TASKS_EACH);
        for id in ids {
            check(&caller.get(&format!("/tasks/{id}")).await.expect(200));
        }
    }))
    .await;
    let ids = submitted.into_iter().flatten().collect();
    assert_eq!(dead_letters(&stack, &ids).await, Vec::<String>::new());
}
