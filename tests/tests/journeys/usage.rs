//! What finished tasks used is told with them, and adds up.

use std::time::Duration;

use domain::{Architecture, Prices, Usage, Usd};
use end_to_end::{Caller, Socket, Stack};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::traffic::requests;

/// How long the last messages, and their count, may take to arrive.
const SETTLING: Duration = Duration::from_secs(3);

/// Runs a task, watching it, and gives it once all its messages are counted, with their number.
async fn run(caller: &Caller, socket: &mut Socket, body: Value) -> (Value, u64) {
    let confirmation = caller.post("/tasks", &body).await.expect(202);
    let id = confirmation["request_id"].as_str().expect("an id");
    let mut posted = socket.updates_of(id).await.len() as u64;
    // Older versions may come behind the end, by another invocation.
    let end = Instant::now() + SETTLING;
    while socket.frame_before(end).await.is_some() {
        posted += 1;
    }
    let task = caller.get(&format!("/tasks/{id}")).await.expect(200);
    (task, posted)
}

fn figure(usage: &Value, name: &str) -> f64 {
    let figure = usage[name].as_f64();
    figure.unwrap_or_else(|| panic!("{name} is missing in {usage}"))
}

fn count(usage: &Value, name: &str) -> u64 {
    let count = usage[name].as_u64();
    count.unwrap_or_else(|| panic!("{name} is no count in {usage}"))
}

/// The cost by the price list, from what is shown.
fn cost(usage: &Value) -> Usd {
    let usage = Usage {
        lambda_micros: (figure(usage, "lambda_ms") * 1e3).round() as u64,
        lambda_mb_micros: (figure(usage, "lambda_gb_seconds") * 1_024e6).round() as u64,
        read_half_units: (figure(usage, "dynamodb_read_units") * 2.0) as u64,
        write_units: count(usage, "dynamodb_write_units"),
        sqs_requests: count(usage, "sqs_requests"),
        s3_writes: count(usage, "s3_put_requests"),
        s3_reads: count(usage, "s3_get_requests"),
        websocket_messages: count(usage, "websocket_messages"),
        model_nanos: (figure(usage, "model_cost_usd") * 1e9).round() as u64,
        ..Usage::NONE
    };
    usage.cost(&Prices::us_east_1(Architecture::HERE))
}

/// What holds of every task that a worker has run.
fn check(task: &Value, posted: u64) {
    let usage = &task["usage"];
    assert_eq!(task["status"], "completed", "{task}");
    assert_eq!(count(usage, "websocket_messages"), posted, "{task}");
    assert!(posted >= 2, "a claim and an end at least");
    // Both functions' time, at memory between the API's and the worker's.
    let (ms, gb_seconds) = (
        figure(usage, "lambda_ms"),
        figure(usage, "lambda_gb_seconds"),
    );
    assert!((10.0..60_000.0).contains(&ms), "{ms} ms");
    let memory = gb_seconds * 1_024e3 / ms;
    assert!((256.0..=512.0).contains(&memory), "{memory} MB");
    // Submitted, claimed, ended; and one message for each.
    assert!(count(usage, "dynamodb_write_units") >= 3);
    assert!(figure(usage, "dynamodb_read_units") >= 1.0);
    assert!((3..100).contains(&count(usage, "sqs_requests")));
    assert_eq!(
        (count(usage, "input_tokens"), count(usage, "output_tokens")),
        (0, 0)
    );
    let told = figure(task, "cost_usd");
    let cost = cost(usage);
    assert!(
        cost > Usd::ZERO && (told - cost.dollars()).abs() < 1.5e-9,
        "{told} is not {cost}"
    );
}

#[tokio::test]
async fn an_export_and_an_aggregate_tell_what_they_used() {
    let caller = Stack::running().await.new_tenant().await;
    let body = json!({"events": requests(500)});
    caller.post("/events", &body).await.expect(200);

    // Only one: to which a message is posted last is a matter of when a closed one is noticed.
    let mut socket = caller.socket().await;
    let aggregate = json!({"kind": "aggregate", "input": {"window": "all"}});
    let (aggregate, posted) = run(&caller, &mut socket, aggregate).await;
    check(&aggregate, posted);
    assert_eq!(count(&aggregate["usage"], "s3_requests"), 0);

    let export = json!({"kind": "export", "input": {"source": "events", "format": "csv"}});
    let (export, posted) = run(&caller, &mut socket, export).await;
    check(&export, posted);
    let (usage, bytes) = (&export["usage"], &export["result"]["bytes"]);
    // What is left is listed; the upload is started, has one part, and is finished.
    assert_eq!(count(usage, "s3_requests"), 4);
    assert_eq!(count(usage, "s3_put_requests"), 4);
    let bytes = bytes.as_u64().expect("a size");
    let travelled = count(usage, "s3_bytes");
    assert!(
        (bytes..bytes + 10_000).contains(&travelled),
        "{travelled} of {bytes}"
    );
}

/// Lists are read often, and the figures of a task that has not ended are not its own yet.
#[tokio::test]
async fn a_task_that_waits_tells_nothing() {
    let caller = Stack::running().await.new_tenant().await;
    let body = json!({"kind": "aggregate", "input": {"window": "all"}, "delay": 600});
    let confirmation = caller.post("/tasks", &body).await.expect(202);
    let id = confirmation["request_id"].as_str().expect("an id");
    let waiting = caller.get(&format!("/tasks/{id}")).await.expect(200);
    assert!(waiting.get("usage").is_none() && waiting.get("cost_usd").is_none());

    // Called off, it has cost the two calls.
    caller.delete(&format!("/tasks/{id}")).await.expect(200);
    let cancelled = caller.get(&format!("/tasks/{id}")).await.expect(200);
    let usage = &cancelled["usage"];
    assert_eq!(usage["lambda_ms"], 20.0);
    assert!(count(usage, "dynamodb_write_units") >= 4);
    assert!(figure(&cancelled, "cost_usd") > 0.0);
}
