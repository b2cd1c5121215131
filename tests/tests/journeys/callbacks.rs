//! Submitters are told of the ends of their tasks, at a receiver on this machine.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws::Sdk;
use boot::SystemClock;
use domain::ports::{Clock as _, Job, TaskQueue as _, TaskStore as _};
use domain::{Failure, Task};
use end_to_end::{Caller, Stack};
use serde_json::{Value, json};
use testkit::build;
use testkit::receiver::{Closed, Receiver, Sent};
use webhooks::{Secret, TOLERANCE, Verified, verify};

/// The second attempt comes 5 to 6 seconds after the first; the rest is for a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Long enough for anything that is on its way to arrive.
const A_WHILE: Duration = Duration::from_secs(9);

/// A user who may see the tenant's secret, and the secret.
async fn caller() -> (Caller, Secret) {
    let tenant = format!("t-{}", end_to_end::fresh());
    let stack = Stack::running().await;
    let caller = stack.new_user(&tenant, &["webhooks"]).await;
    let shown = caller.get("/webhooks/secret").await.expect(200);
    assert_eq!(shown["previous"], Value::Null);
    let secret = shown["secret"].as_str().expect("a secret");
    (caller, secret.parse().expect("a webhook secret"))
}

fn called_back(url: &str, input: &Value) -> Value {
    json!({"kind": "aggregate", "input": input, "tags": ["nightly"], "callback_url": url})
}

async fn submit(caller: &Caller, url: &str) -> String {
    let body = called_back(url, &json!({"window": "all"}));
    let answer = caller.post("/tasks", &body).await.expect(202);
    answer["request_id"].as_str().expect("an id").to_owned()
}

/// Waits until so many webhooks have come.
async fn arrived(receiver: &Receiver, count: usize) -> Vec<Sent> {
    let wait = async {
        while receiver.sent().len() < count {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    waited.unwrap_or_else(|_| panic!("{} of {count} came", receiver.sent().len()));
    receiver.sent()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a receiver goes by the real time"
)]
fn verified(sent: &Sent, secret: &Secret) -> Result<Verified, webhooks::VerifyError> {
    let now = SystemTime::now();
    verify(
        std::slice::from_ref(secret),
        &sent.headers,
        &sent.body,
        now,
        TOLERANCE,
    )
}

fn body(sent: &Sent) -> Value {
    serde_json::from_slice(&sent.body).expect("JSON")
}

#[tokio::test]
async fn a_completed_task_is_told_once_and_signed() {
    let (caller, secret) = caller().await;
    let receiver = Receiver::answering(&[204]).expect("it listens");
    let id = submit(&caller, &receiver.url()).await;
    let sent = arrived(&receiver, 1).await.remove(0);
    let task = caller.ended(&id).await;
    let verified_id = verified(&sent, &secret).expect("ours").id;
    assert_eq!(verified_id, format!("{id}_{}", task["version"]));
    let body = body(&sent);
    assert_eq!(body["type"], "task.completed");
    for field in ["request_id", "kind", "status", "version", "tags", "result"] {
        assert_eq!(body["data"][field], task[field], "{field}");
    }
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(receiver.sent().len(), 1);

    let (_, other_secret) = self::caller().await;
    assert!(verified(&sent, &other_secret).is_err(), "another tenant's");
}

/// No shipped kind fails at will, so the end is written as a worker does, and its message is
/// delivered again.
#[tokio::test]
async fn a_failed_task_is_told_with_its_reason() {
    let (caller, secret) = caller().await;
    let receiver = Receiver::answering(&[200]).expect("it listens");
    let task = failed(&caller, &receiver.url());
    let sdk = Sdk::load().await.expect("a region");
    let table = Stack::variable("TASKS_TABLE");
    let tasks = aws::dynamo::Tasks::new(&sdk, table, Arc::new(SystemClock));
    tasks.create(&task).await.expect("it is stored");
    let urgent = Stack::variable("URGENT_TASK_QUEUE_URL");
    let queue = aws::sqs::TaskSender::new(
        &sdk,
        Stack::variable("TASK_QUEUE_URL"),
        urgent,
        Arc::new(boot::SystemClock),
    );
    let sent = queue.send(&Job::from(&task)).await;
    sent.expect("it is sent");

    let sent = arrived(&receiver, 1).await.remove(0);
    verified(&sent, &secret).expect("ours");
    let body = body(&sent);
    assert_eq!(body["type"], "task.failed");
    assert_eq!(body["data"]["request_id"], task.request_id.to_string());
    let error = json!({"code": "bad_data", "message": "The data is bad."});
    assert_eq!(body["data"]["error"], error);
}

fn failed(caller: &Caller, url: &str) -> Task {
    let tenant = caller.tenant.parse().expect("a tenant");
    let mut task = build::task(&tenant, "aggregate", json!({}));
    task.terms.callback_url = Some(url.into());
    let (token, now) = (build::lease_token(), SystemClock.now());
    let minute = time::Duration::MINUTE;
    task.claim(token, now, minute).expect("it is queued");
    let failure = Failure::permanent("bad_data", "The data is bad.");
    task.fail(token, failure, now).expect("it is running");
    task
}

#[tokio::test]
async fn a_receiver_that_is_down_at_first_is_told_when_it_is_up() {
    let (caller, secret) = caller().await;
    let closed = Closed::reserve().expect("an address");
    let id = submit(&caller, &closed.url()).await;
    assert_eq!(caller.ended(&id).await["status"], "completed");
    // The first attempt meets nobody.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let receiver = closed.open(&[503, 200]).expect("it listens");
    let sent = arrived(&receiver, 1).await.remove(0);
    verified(&sent, &secret).expect("ours");
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_left_in_peace() {
    let (caller, _) = caller().await;
    let receiver = Receiver::answering(&[410]).expect("it listens");
    submit(&caller, &receiver.url()).await;
    arrived(&receiver, 1).await;
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(receiver.sent().len(), 1);
}

#[tokio::test]
async fn duplicates_and_repetitions_carry_the_same_id() {
    let (caller, _) = caller().await;
    let receiver = Receiver::answering(&[500, 204]).expect("it listens");
    let id = submit(&caller, &receiver.url()).await;
    let version = caller.ended(&id).await["version"].clone();
    arrived(&receiver, 2).await;
    let duplicate = json!({"v": 1, "tenant": caller.tenant, "request_id": id, "version": version});
    let queues = Stack::running().await.queues();
    let send = queues
        .send_message()
        .queue_url(Stack::variable("CALLBACKS_QUEUE_URL"));
    let send = send.message_body(duplicate.to_string()).send().await;
    send.expect("it is sent");
    for sent in arrived(&receiver, 3).await {
        assert_eq!(sent.headers["webhook-id"], format!("{id}_{version}"));
    }
}

#[tokio::test]
async fn addresses_where_callbacks_do_not_lead_are_refused() {
    let (caller, _) = caller().await;
    for url in [
        "hook",
        "ftp://example.org/",
        "https://10.0.0.7/",
        "https://user:password@example.org/",
        "https://169.254.169.254/latest/meta-data/",
        &format!("https://example.org/{}", "x".repeat(2_048)),
    ] {
        let body = called_back(url, &json!({"window": "all"}));
        let answer = caller.post("/tasks", &body).await;
        assert_eq!((answer.status, answer.code()), (422, "invalid_input"));
        assert_eq!(answer.body["errors"][0]["field"], "callback_url");
        let batch = json!({"tasks": [body]});
        let outcome = caller.post("/tasks/batch", &batch).await.expect(200);
        assert_eq!(outcome["tasks"][0]["error"]["code"], "invalid_input");
    }
}

#[tokio::test]
async fn the_secret_is_for_those_who_may_see_it() {
    let caller = Stack::running().await.new_tenant().await;
    let answer = caller.get("/webhooks/secret").await;
    assert_eq!((answer.status, answer.code()), (403, "forbidden"));
}
