//! Wherever a worker is killed, redelivery brings the task to one end.

use std::sync::Arc;

use domain::task::{Status, TaskResult};
use end_to_end::fault_proxy::{Action, Call, Plan};
use futures::future::join_all;
use serde_json::Value;

use crate::lane::{large, small};
use crate::site::Site;

/// The requests that a worker makes for one task when nothing goes wrong.
async fn steps(site: &Arc<Site>, input: &Value) -> Vec<Call> {
    let lane = site.lane().await;
    let (worker, proxy) = lane.proxied(&[]).await;
    let task = lane.submit(input.clone()).await;
    let _polling = lane.source().poll(&worker);
    let ended = lane.settle(&[task], Status::Completed).await;
    assert_eq!(ended[0].attempt, 1);
    proxy.calls()
}

/// Kills the worker once at a place, and gives how the task and its worker went on.
async fn killed_at(site: &Arc<Site>, input: &Value, place: &Call, action: Action) {
    let lane = site.lane().await;
    let (worker, proxy) = lane.proxied(&[]).await;
    proxy.follow(Plan::at(place.clone(), action));
    let task = lane.submit(input.clone()).await;
    let _polling = lane.source().poll(&worker);
    let ended = lane.settle(&[task], Status::Completed).await;
    // How much progress is written, and whether a lease is renewed, depends on how fast it goes.
    let sure = [
        "dynamodb.GetItem",
        "dynamodb.PutItem",
        "sqs.SendMessage",
        "s3.PutObject",
    ];
    let sure = sure.iter().any(|sure| place.operation.starts_with(sure));
    let hit = proxy.calls().contains(place);
    assert!(
        hit || !sure || place.nth > 1,
        "no {place}, {:?}",
        proxy.calls()
    );
    assert!(ended[0].attempt <= 2, "{place}: {action:?}");
    // What a killed worker has left in the bucket is not what the task names.
    if let Some(TaskResult::Stored { key, .. }) = ended[0].state.result() {
        let own = format!("/{}/{}.json", ended[0].request_id, ended[0].attempt);
        assert!(key.ends_with(&own), "{key}");
        assert!(site.results().await.contains(key), "{key}");
    }
}

/// Every place of a clean run, before and after its effect, all at once: each takes as long as
/// a lease.
async fn killed_everywhere(input: Value, expected: &[&str]) {
    Site::with(async |site| {
        let steps = steps(&site, &input).await;
        for operation in expected {
            let made = steps.iter().any(|call| call.operation == *operation);
            assert!(made, "no {operation} in {steps:?}");
        }
        let places = steps
            .iter()
            .flat_map(|step| [Action::KillBefore, Action::KillAfter].map(|action| (step, action)));
        join_all(places.map(|(place, action)| killed_at(&site, &input, place, action))).await;
    })
    .await;
}

#[tokio::test]
async fn a_worker_killed_at_any_step_of_a_task_with_an_inline_result() {
    let expected = [
        "dynamodb.GetItem",
        "dynamodb.PutItem(running)",
        "sqs.SendMessage(running)",
        "sqs.ChangeMessageVisibility",
        "dynamodb.PutItem(completed)",
        "sqs.SendMessage(completed)",
    ];
    killed_everywhere(small(), &expected).await;
}

#[tokio::test]
async fn a_worker_killed_at_any_step_of_a_task_with_a_large_result() {
    killed_everywhere(large(), &["s3.PutObject"]).await;
}
