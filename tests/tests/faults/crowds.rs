//! A process with many invocations in hand at once, as on Lambda Managed Instances, does what many
//! processes with one each do.

use std::collections::HashSet;
use std::time::Duration;

use domain::task::Status;
use end_to_end::binary;
use futures::future::join_all;
use runtime_api::{Function, Setup};
use serde_json::{Value, json};

use crate::lane::small;
use crate::site::{Site, deployed_env};

/// Invocations that a process has in hand at once, in turn.
const CROWDS: [usize; 2] = [1, 16];

/// Of the template.
const TIMEOUT: Duration = Duration::from_mins(2);

fn function(name: &str, env: Vec<(String, String)>, at_once: usize) -> Function {
    Function::new(Setup {
        program: binary(name),
        arguments: vec![],
        env,
        timeout: TIMEOUT,
        at_once,
    })
}

/// One line for each invocation, and none of them mixed up with another.
fn one_line_each(function: &Function, invocations: usize) {
    let log = function.log();
    let lines = log
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let lines: Vec<_> = lines
        .filter(|line| line["faas.invocation_id"].is_string())
        .collect();
    let ids: HashSet<_> = lines
        .iter()
        .map(|line| line["faas.invocation_id"].as_str())
        .collect();
    assert_eq!(
        (lines.len(), ids.len()),
        (invocations, invocations),
        "{lines:#?}"
    );
}

#[tokio::test]
async fn the_api_answers_many_at_once() {
    const CALLS: usize = 48;
    Site::with(async |site| {
        let event: Value =
            serde_json::from_str(include_str!("../../../events/api/dashboard.json")).expect("JSON");
        for at_once in CROWDS {
            let api = function(
                "api",
                site.with_its_own(deployed_env("api").await, &[]),
                at_once,
            );
            let calls = (0..CALLS).map(|place| {
                // Each by somebody else: an answer that went to another would tell other figures.
                let mut event = event.clone();
                let claims = &mut event["requestContext"]["authorizer"]["jwt"]["claims"];
                let known = place % 2 == 0;
                claims["custom:tenant"] = json!(if known {
                    site.tenant.as_str()
                } else {
                    "nobody"
                });
                let api = api.clone();
                async move { (known, api.invoke(event).await.expect("an answer")) }
            });
            for (known, answer) in join_all(calls).await {
                assert_eq!(answer["statusCode"], 200, "{answer}");
                let body = answer["body"].as_str().unwrap_or_default();
                let body: Value = serde_json::from_str(body).expect("JSON");
                let mean = body["avg_response_time_ms"].as_f64().expect("a mean");
                assert_eq!(mean > 0.0, known, "{body}");
            }
            one_line_each(&api, CALLS);
        }
    })
    .await;
}

#[tokio::test]
async fn a_worker_runs_many_batches_at_once() {
    const TASKS: usize = 24;
    Site::with(async |site| {
        for at_once in CROWDS {
            let lane = site.lane().await;
            let worker = function("worker", lane.env(&[]), at_once);
            let mut tasks = vec![];
            for _ in 0..TASKS {
                tasks.push(lane.submit(small()).await);
            }
            let polling: Vec<_> = (0..at_once.min(4))
                .map(|_| lane.source().poll(&worker))
                .collect();
            // Each ends once, with its updates in order and no dead letter.
            let ended = lane.settle(&tasks, Status::Completed).await;
            assert!(ended.iter().all(|task| task.attempt == 1));
            drop(polling);
        }
    })
    .await;
}
