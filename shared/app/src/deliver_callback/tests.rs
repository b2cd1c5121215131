use std::sync::Arc;
use std::time::{Duration, SystemTime};

use domain::task::TaskResult;
use domain::{Failure, Task};
use serde_json::{Value, json};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemoryResults, MemoryRootSecrets, MemoryTasks};
use testkit::receiver::{Closed, Receiver, Sent};
use webhooks::{Guard, Problem, TOLERANCE, Verified, verify};

use super::*;

struct Scene {
    deliver: DeliverCallback,
    tasks: Arc<MemoryTasks>,
    roots: Arc<MemoryRootSecrets>,
    faults: Faults,
}

/// Lets through to this machine.
fn open() -> Guard {
    "http, 127.0.0.0/8, any port".parse().unwrap()
}

fn scene(guard: Guard) -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let roots = Arc::new(MemoryRootSecrets::new(&faults));
    let clock = Arc::new(FixedClock::at(NOW));
    let deliver = DeliverCallback {
        get_task: GetTask {
            tasks: tasks.clone(),
            results: Arc::new(MemoryResults::new(&faults)),
            clock: clock.clone(),
        },
        secrets: WebhookSecrets {
            roots: roots.clone(),
        },
        sender: Sender::new(guard, "adology/test")
            .unwrap()
            .schedule(schedule()),
        clock,
        entropy: Arc::new(Counting::default()),
    };
    Scene {
        deliver,
        tasks,
        roots,
        faults,
    }
}

impl Scene {
    /// A task that has ended, and the callback that is due for it.
    fn ended(&self, url: &str, end: Result<TaskResult, Failure>) -> (Task, Callback) {
        let mut task = build::task(&build::tenant(), "aggregate", json!({}));
        task.terms.callback_url = Some(url.into());
        task.tags = vec!["nightly".into()];
        let token = build::lease_token();
        task.claim(token, NOW, time::Duration::MINUTE).unwrap();
        match end {
            Ok(result) => task.complete(token, result, NOW),
            Err(failure) => task.fail(token, failure, NOW),
        }
        .unwrap();
        self.tasks.put(task.clone());
        let callback = Callback::due(&task).unwrap();
        (task, callback)
    }

    fn completed(&self, url: &str) -> Callback {
        self.ended(url, Ok(rows())).1
    }

    /// What the receiver makes of a request, as it should.
    async fn verified(&self, callback: &Callback, sent: &Sent) -> Verified {
        let secrets = self.deliver.secrets.of(&callback.tenant).await.unwrap();
        let now = SystemTime::from(NOW);
        verify(
            &[secrets.current],
            &sent.headers,
            &sent.body,
            now,
            TOLERANCE,
        )
        .unwrap()
    }
}

fn rows() -> TaskResult {
    TaskResult::Inline {
        value: json!({"rows": []}),
    }
}

fn body(sent: &Sent) -> Value {
    serde_json::from_slice(&sent.body).unwrap()
}

#[tokio::test]
async fn a_completed_task_is_told_signed_with_its_result() {
    let scene = scene(open());
    let receiver = Receiver::answering(&[204]).unwrap();
    let (task, callback) = scene.ended(&receiver.url(), Ok(rows()));
    let fate = scene.deliver.run(&callback, 1).await.unwrap();
    assert!(matches!(fate, Fate::Delivered(Told { status: 204 })));
    let sent = &receiver.sent()[0];
    let verified = scene.verified(&callback, sent).await;
    assert_eq!(verified.id, format!("{}_3", task.request_id));
    assert_eq!(sent.headers["content-type"], "application/json");
    let expected = json!({
        "type": "task.completed", "timestamp": "2026-03-01T12:00:00Z", "data": {
            "request_id": task.request_id.to_string(), "kind": "aggregate", "status": "completed", "version": 3,
            "tags": ["nightly"], "result": {"rows": []}, "error": null,
        },
    });
    let body = body(sent);
    assert_eq!(body["data"], expected["data"]);
    assert_eq!(body["type"], expected["type"]);
}

#[tokio::test]
async fn a_failure_is_told_with_its_reason_and_a_large_result_by_its_link() {
    let scene = scene(open());
    let receiver = Receiver::answering(&[200]).unwrap();
    let stored = TaskResult::Stored {
        key: "k".into(),
        bytes: 40_000,
    };
    let failure = Failure::permanent("invalid_input", "window: unknown");
    for end in [Ok(stored), Err(failure)] {
        let (_, callback) = scene.ended(&receiver.url(), end);
        scene.deliver.run(&callback, 1).await.unwrap();
    }
    let told: Vec<_> = receiver.sent().iter().map(body).collect();
    assert_eq!(told[0]["data"]["result_url"], "memory://k");
    assert_eq!(told[0]["data"].get("result"), None);
    assert_eq!(told[1]["type"], "task.failed");
    assert_eq!(told[1]["data"]["error"]["code"], "invalid_input");
}

#[tokio::test]
async fn every_attempt_and_every_message_carries_the_same_id() {
    let scene = scene(open());
    let receiver = Receiver::answering(&[500, 200]).unwrap();
    let callback = scene.completed(&receiver.url());
    for attempt in [1, 2, 1] {
        scene.deliver.run(&callback, attempt).await.unwrap();
    }
    let sent = receiver.sent();
    assert_eq!(sent.len(), 3);
    for one in &sent {
        assert_eq!(one.headers["webhook-id"], sent[0].headers["webhook-id"]);
        assert_eq!(one.body, sent[0].body);
    }
}

#[tokio::test]
async fn a_receiver_that_is_away_is_tried_again_until_patience_ends() {
    let scene = scene(open());
    let closed = Closed::reserve().unwrap();
    let callback = scene.completed(&closed.url());
    let (mut waits, mut attempt) = (vec![], 1);
    let end = loop {
        match scene.deliver.run(&callback, attempt).await.unwrap() {
            Fate::Again { after, .. } => waits.push(after),
            end => break end,
        }
        attempt += 1;
    };
    let Fate::GivenUp(given_up) = end else {
        panic!("{end:?}");
    };
    assert_eq!((attempt, given_up.code), (10, "callback_exhausted"));
    let total: Duration = waits.iter().sum();
    assert!(total >= Duration::from_hours(43) && total <= Duration::from_hours(53));
    // SQS hides a message for 12 hours at most, counted from its delivery.
    let longest = waits.iter().max().unwrap();
    assert!(*longest < Duration::from_hours(11), "{longest:?}");
    // It is there again in time for another message.
    let receiver = closed.open(&[200]).unwrap();
    let fate = scene.deliver.run(&callback, 2).await.unwrap();
    assert!(matches!(fate, Fate::Delivered(_)));
    assert_eq!(receiver.sent().len(), 1);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_left_in_peace() {
    let scene = scene(open());
    let receiver = Receiver::answering(&[410]).unwrap();
    let callback = scene.completed(&receiver.url());
    let fate = scene.deliver.run(&callback, 1).await.unwrap();
    assert!(matches!(fate, Fate::Refused));
}

/// What was let through at the submission is checked again where it counts.
#[tokio::test]
async fn a_private_address_is_not_called() {
    let scene = scene(Guard::strict().allow_http().allow_any_port());
    let receiver = Receiver::answering(&[200]).unwrap();
    let callback = scene.completed(&receiver.url());
    let fate = scene.deliver.run(&callback, 1).await.unwrap();
    let Fate::GivenUp(given_up) = fate else {
        panic!("{fate:?}");
    };
    assert_eq!(given_up.code, "callback_refused");
    assert!(!domain::causes(&given_up).contains("127.0.0.1"));
    assert_eq!(receiver.sent(), []);
}

#[tokio::test]
async fn while_the_secret_is_rotated_both_verify() {
    let scene = scene(open());
    let receiver = Receiver::answering(&[200]).unwrap();
    let callback = scene.completed(&receiver.url());
    let before = scene.deliver.secrets.of(&callback.tenant).await.unwrap();
    scene.roots.rotate();
    scene.deliver.run(&callback, 1).await.unwrap();
    let sent = &receiver.sent()[0];
    scene.verified(&callback, sent).await;
    let now = SystemTime::from(NOW);
    let old = [before.current];
    assert!(verify(&old, &sent.headers, &sent.body, now, TOLERANCE).is_ok());
}

#[tokio::test]
async fn where_there_is_nothing_to_tell_nothing_is_sent() {
    let scene = scene(open());
    let receiver = Receiver::answering(&[200]).unwrap();
    let (task, callback) = scene.ended(&receiver.url(), Ok(rows()));
    let unknown = Callback {
        request_id: build::request_id(),
        ..callback.clone()
    };
    let other_tenant = Callback {
        tenant: build::tenant(),
        ..callback.clone()
    };
    let other_version = Callback {
        version: 2,
        ..callback.clone()
    };
    for nothing in [unknown, other_tenant, other_version] {
        let fate = scene.deliver.run(&nothing, 1).await.unwrap();
        assert!(matches!(fate, Fate::NothingToTell), "{fate:?}");
    }
    let mut uninterested = task;
    uninterested.terms.callback_url = None;
    scene.tasks.put(uninterested);
    let fate = scene.deliver.run(&callback, 1).await.unwrap();
    assert!(matches!(fate, Fate::NothingToTell));
    assert_eq!(receiver.sent(), []);
}

#[tokio::test]
async fn without_its_stores_nothing_is_sent() {
    for call in ["tasks.load", "roots.read"] {
        let scene = scene(open());
        let receiver = Receiver::answering(&[200]).unwrap();
        let callback = scene.completed(&receiver.url());
        scene.faults.always(call, Fault::Unavailable);
        let error = scene.deliver.run(&callback, 1).await.unwrap_err();
        assert!(matches!(error, DeliverCallbackError::Store(_)));
        assert_eq!(receiver.sent(), []);
    }
}

#[tokio::test]
async fn what_went_wrong_is_told_without_the_address() {
    let scene = scene(open());
    let receiver = Receiver::answering(&[503]).unwrap();
    let callback = scene.completed(&receiver.url());
    let fate = scene.deliver.run(&callback, 1).await.unwrap();
    let Fate::Again { after, problem } = fate else {
        panic!("{fate:?}");
    };
    assert!(matches!(problem, Problem::Status(status) if status == 503));
    assert!(after >= Duration::from_secs(5) && after <= Duration::from_secs(6));
}
