//! Servers that are away, busy or broken for a while: tasks wait, and end once.

use std::sync::Arc;
use std::time::Duration;

use domain::Task;
use domain::task::Status;
use end_to_end::Stack;
use end_to_end::fault_proxy::{Action, Call, Plan, TcpProxy};
use futures::future::join_all;
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::lane::{Lane, large, small};
use crate::site::Site;

async fn submitted(lane: &Lane) -> Vec<Task> {
    let mut tasks = Vec::new();
    for _ in 0..3 {
        tasks.push(lane.submit(small()).await);
    }
    tasks.push(lane.submit(large()).await);
    tasks
}

/// A whole service fails so for a few seconds, from the first of its calls on.
async fn service_fails(site: &Arc<Site>, service: &'static str, action: Action, length: Duration) {
    let lane = site.lane().await;
    let (worker, proxy) = lane.proxied(&[]).await;
    proxy.follow(Plan::of(service, action));
    let tasks = submitted(&lane).await;
    let _polling = lane.source().poll(&worker);
    sleep(length).await;
    proxy.follow(Plan::none());
    lane.settle(&tasks, Status::Completed).await;
    let touched = proxy
        .calls()
        .iter()
        .any(|call| call.operation.starts_with(service));
    assert!(touched, "no call of {service}");
}

#[tokio::test]
async fn a_service_that_is_away_for_seconds_is_waited_for() {
    Site::with(async |site| {
        let services = ["dynamodb.", "sqs.", "s3."];
        let actions = [
            Action::CutBefore,
            Action::CutAfter,
            Action::Throttle,
            Action::ServerError,
        ];
        let length = Duration::from_secs(5);
        let cases = services.iter().flat_map(|service| {
            actions.map(|action| service_fails(&site, service, action, length))
        });
        join_all(cases).await;
    })
    .await;
}

#[tokio::test]
async fn a_service_that_answers_late_is_waited_for() {
    Site::with(async |site| {
        // Longer than any try of a call may take.
        let stall = Action::Stall(Duration::from_secs(25));
        let cases = ["dynamodb.", "sqs.", "s3."]
            .map(|service| service_fails(&site, service, stall, Duration::from_secs(6)));
        join_all(cases).await;
    })
    .await;
}

/// One call fails, once, in every way; which the SDK's own repetitions mostly hide. The one that
/// they cannot hide is the answer that got lost: they meet the effect of the first try.
async fn call_fails(site: &Arc<Site>, place: Call, action: Action) {
    let lane = site.lane().await;
    let (worker, proxy) = lane.proxied(&[]).await;
    proxy.follow(Plan::at(place.clone(), action));
    let task = lane.submit(large()).await;
    let _polling = lane.source().poll(&worker);
    let ended = lane.settle(&[task], Status::Completed).await;
    assert!(proxy.calls().contains(&place), "no {place}");
    assert_eq!(ended[0].attempt, 1, "{place}: {action:?}");
}

#[tokio::test]
async fn one_failed_call_anywhere_costs_no_attempt() {
    let places = [
        "dynamodb.GetItem",
        "dynamodb.PutItem(running)",
        "dynamodb.PutItem(completed)",
        "sqs.ChangeMessageVisibility",
        "sqs.SendMessage(running)",
        "sqs.SendMessage(completed)",
        "s3.PutObject",
    ];
    let actions = [
        Action::CutBefore,
        Action::CutAfter,
        Action::Throttle,
        Action::ServerError,
    ];
    Site::with(async |site| {
        let cases = places.iter().flat_map(|operation| {
            let operation = (*operation).to_owned();
            let place = Call { operation, nth: 1 };
            actions.map(|action| call_fails(&site, place.clone(), action))
        });
        join_all(cases).await;
    })
    .await;
}

/// A line to the server that a variable names, and the variable for whoever is to use that line.
async fn cable(variable: &str) -> (String, TcpProxy) {
    let url = Stack::variable(variable);
    let (before, rest) = url.split_once("127.0.0.1:").expect("a local server");
    let (port, after) = rest.split_once('/').expect("a database");
    let cable = TcpProxy::start(&format!("127.0.0.1:{port}")).await;
    (format!("{before}{}/{after}", cable.address()), cable)
}

/// The database that a kind reads from goes away in the middle.
#[tokio::test]
async fn a_database_that_is_away_for_seconds_is_waited_for() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let (uri, cable) = cable("MONGODB_URI").await;
        let worker = lane.worker(&[("MONGODB_URI", &uri)]);
        let source = lane.source();
        let first = lane.submit(small()).await;
        let _polling = source.poll(&worker);
        lane.settle(&[first], Status::Completed).await;

        cable.cut();
        let tasks = submitted(&lane).await;
        sleep(Duration::from_secs(6)).await;
        cable.mend();
        let ended = lane.settle(&tasks, Status::Completed).await;
        let tried_again = ended.iter().any(|task| task.attempt > 1);
        assert!(tried_again, "the outage was not noticed");
    })
    .await;
}

/// The rows that an export reads are away, until the first attempt has met that.
#[tokio::test]
async fn rows_that_are_away_are_waited_for() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let (url, cable) = cable("DATABASE_URL").await;
        let worker = lane.worker(&[("DATABASE_URL", &url)]);
        let _polling = lane.source().poll(&worker);
        let export = async || lane.submit_kind("export", json!({"source": "users"})).await;
        lane.settle(&[export().await], Status::Completed).await;

        cable.cut();
        let task = export().await;
        let met = async || {
            let stored = site.stored(task.request_id).await;
            stored.updates.iter().any(|update| update.error.is_some())
        };
        let noticed = async {
            while !met().await {
                sleep(Duration::from_millis(100)).await;
            }
        };
        let noticed = timeout(Duration::from_mins(1), noticed).await;
        noticed.expect("the outage is noticed");
        cable.mend();
        let ended = lane.settle(&[task], Status::Completed).await;
        assert!(ended[0].attempt > 1, "{ended:#?}");
    })
    .await;
}

/// What may not be done now may not be done later either.
#[tokio::test]
async fn a_permanent_failure_ends_a_task_once() {
    Site::with(async |site| {
        let lane = site.lane().await;
        let (worker, proxy) = lane.proxied(&[]).await;
        proxy.follow(Plan::of("s3.", Action::Deny));
        let denied = lane.submit(large()).await;
        let invalid = lane.submit(json!({"group_by": ["moon"]})).await;
        let _polling = lane.source().poll(&worker);
        let ended = lane.settle(&[denied, invalid], Status::Failed).await;
        let codes: Vec<_> = ended
            .iter()
            .filter_map(|task| task.state.failure())
            .map(|failure| failure.code.as_str())
            .collect();
        assert_eq!(codes, ["result_not_stored", "invalid_input"]);
        assert!(ended.iter().all(|task| task.attempt == 1));
    })
    .await;
}
