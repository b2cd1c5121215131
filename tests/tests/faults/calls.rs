//! How few requests to AWS a task takes: what it costs grows with them.

use std::sync::Arc;
use std::time::Duration;

use domain::task::Status;
use end_to_end::fault_proxy::{AwsProxy, Call};
use end_to_end::{Stack, binary};
use runtime_api::{Function, Setup};
use serde_json::{Value, json};

use crate::lane::{Lane, small};
use crate::site::{Site, deployed_env};

/// Of the template.
const TIMEOUT: Duration = Duration::from_secs(29);

/// The operations, without the state that a request holds and in the order of their names.
fn operations(calls: &[Call]) -> Vec<String> {
    let name = |call: &Call| {
        let end = call.operation.find('(').unwrap_or(call.operation.len());
        call.operation[..end].to_owned()
    };
    let mut names: Vec<_> = calls.iter().map(name).collect();
    names.sort_unstable();
    names
}

fn submitted_by(tenant: &str) -> Value {
    let event = include_str!("../../../events/api/submit-aggregate.json");
    let mut event: Value = serde_json::from_str(event).expect("JSON");
    event["requestContext"]["authorizer"]["jwt"]["claims"]["custom:tenant"] = json!(tenant);
    event
}

/// What the API asks AWS for when it takes one task on. The first submission of a process also asks what is paused; for
/// those of the next seconds that one answer does.
async fn submission(site: &Arc<Site>, lane: &Lane, instead: &[(&str, &str)]) -> Vec<String> {
    let proxy = AwsProxy::start(&Stack::variable("AWS_ENDPOINT_URL")).await;
    let url = proxy.url();
    let ours = [
        ("AWS_ENDPOINT_URL", &*url),
        ("TASK_QUEUE_URL", &*lane.tasks),
        ("URGENT_TASK_QUEUE_URL", &*lane.tasks),
    ];
    let api = Function::new(Setup {
        program: binary("api"),
        arguments: vec![],
        env: site.with_its_own(deployed_env("api").await, &[&ours, instead].concat()),
        timeout: TIMEOUT,
        at_once: 1,
    });
    // Of another tenant: one that submits in quick succession is metered by a second update (`Rates`).
    let other = format!("{}-other", site.tenant);
    let answer = api.invoke(submitted_by(&other)).await.expect("an answer");
    assert_eq!(answer["statusCode"], 202, "{answer}");
    let first = proxy.calls();
    let answer = api.invoke(submitted_by(site.tenant.as_str())).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer["statusCode"], 202, "{answer}");
    let second = operations(&proxy.calls()[first.len()..]);
    let mut with_pauses = second.clone();
    with_pauses.push("dynamodb.Query".into());
    with_pauses.sort_unstable();
    assert_eq!(operations(&first), with_pauses);
    second
}

#[tokio::test]
async fn a_submission_is_one_write_and_one_message() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let unlimited = [("TENANT_CONCURRENCY", "0"), ("SUBMISSIONS_PER_MINUTE", "0")];
        let asked = submission(&site, &lane, &unlimited).await;
        assert_eq!(asked, ["dynamodb.PutItem", "sqs.SendMessage"]);
    })
    .await;
}

/// One more for each limit.
#[tokio::test]
async fn each_limit_of_a_tenant_costs_one_write_more() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let limited = [
            ("TENANT_CONCURRENCY", "50"),
            ("SUBMISSIONS_PER_MINUTE", "600"),
        ];
        let asked = submission(&site, &lane, &limited).await;
        let expected = [
            "dynamodb.PutItem",
            "dynamodb.UpdateItem",
            "dynamodb.UpdateItem",
            // Of one message: whoever is let in is sent in batches.
            "sqs.SendMessageBatch",
        ];
        assert_eq!(asked, expected);
    })
    .await;
}

/// With the write of its submission that makes four.
#[tokio::test]
async fn a_task_without_progress_is_read_once_and_written_twice() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let (worker, proxy) = lane.proxied(&[]).await;
        let task = lane.submit(small()).await;
        let polling = lane.source().poll(&worker);
        lane.settle(&[task], Status::Completed).await;
        drop(polling);
        // Progress, if there was time for any, is a write and a message of its own.
        let calls = proxy.calls();
        let progress = calls
            .iter()
            .filter(|call| call.operation == "dynamodb.PutItem(running)");
        let progress = progress.count() - 1;
        let calls = operations(&calls);
        let count = |name: &str| calls.iter().filter(|call| *call == name).count();
        assert_eq!(count("dynamodb.GetItem"), 1, "{calls:?}");
        assert_eq!(count("dynamodb.PutItem"), 2 + progress, "{calls:?}");
        assert_eq!(count("sqs.SendMessage"), 2 + progress, "{calls:?}");
        let databases = calls.iter().filter(|call| call.starts_with("dynamodb."));
        assert_eq!(databases.count(), 3 + progress, "{calls:?}");
    })
    .await;
}
