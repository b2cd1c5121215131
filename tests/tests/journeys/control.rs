//! Tasks that are called off, run again, and run later.

use std::time::Instant;

use end_to_end::{Caller, Stack, without_usage};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

async fn submit(caller: &Caller, body: &Value) -> String {
    let confirmation = caller.post("/tasks", body).await.expect(202);
    let id = confirmation["request_id"].as_str();
    id.expect("a request_id").to_owned()
}

fn aggregate_in(seconds: u32) -> Value {
    json!({"kind": "aggregate", "input": {"window": "all"}, "delay": seconds})
}

fn moment(value: &Value) -> OffsetDateTime {
    let text = value.as_str().expect("a moment");
    OffsetDateTime::parse(text, &Rfc3339).expect("RFC 3339")
}

#[tokio::test]
async fn a_task_that_waits_is_called_off_and_everybody_hears_of_it() {
    let stack = Stack::running().await;
    let (caller, stranger) = (stack.new_tenant().await, stack.new_tenant().await);
    let mut socket = caller.socket().await;
    let id = submit(&caller, &aggregate_in(600)).await;
    let path = format!("/tasks/{id}");

    let refused = stranger.delete(&path).await;
    assert_eq!((refused.status, refused.code()), (404, "task_not_found"));
    let refused = caller.post(&format!("{path}/retry"), &json!({})).await;
    assert_eq!((refused.status, refused.code()), (409, "not_retriable"));

    let cancelled = caller.delete(&path).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    let frames = socket.updates_of(&id).await;
    assert_eq!(frames.last().expect("a frame")["status"], "cancelled");
    assert_eq!(caller.delete(&path).await.expect(200), cancelled);
    let shown = caller.get(&path).await.expect(200);
    assert_eq!(without_usage(shown), cancelled);
}

#[tokio::test]
async fn a_task_runs_not_before_its_time_and_a_cancelled_one_runs_again() {
    let caller = Stack::running().await.new_tenant().await;
    let id = submit(&caller, &aggregate_in(4)).await;
    let path = format!("/tasks/{id}");
    caller.delete(&path).await.expect(200);
    let again = caller.post(&format!("{path}/retry"), &json!({})).await;
    let again = again.expect(202);
    assert_eq!(
        (&again["request_id"], &again["version"]),
        (&json!(id), &json!(3))
    );

    let task = caller.ended(&id).await;
    assert_eq!(task["status"], "completed");
    let late = moment(&task["started_at"]) - moment(&task["run_at"]);
    println!("started {late} after its time");
    assert!(late >= Duration::ZERO, "{late}");
    let refused = caller.delete(&path).await;
    assert_eq!((refused.status, refused.code()), (409, "task_ended"));
}

/// As long as a task of a shipped kind takes at most: as many documents as its input has room for.
fn long_task() -> Value {
    let documents: Vec<_> = (0..500)
        .map(|n| json!({"id": n.to_string(), "text": "The battery life is wonderful."}))
        .collect();
    json!({"kind": "analyze", "input": {"documents": documents}})
}

/// Several at once keep the machine busy for long enough to call most of them off while they run.
#[tokio::test]
async fn running_tasks_stop_when_they_are_called_off() {
    let caller = Stack::running().await.new_tenant().await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(submit(&caller, &long_task()).await);
    }
    let mut running = 0;
    for id in &ids {
        let path = format!("/tasks/{id}");
        let asked = Instant::now();
        let answer = caller.delete(&path).await;
        let took = asked.elapsed();
        let task = caller.get(&path).await.expect(200);
        if answer.status != 200 {
            assert_eq!((answer.status, answer.code()), (409, "task_ended"));
            continue;
        }
        assert_eq!(
            (&task["status"], &task["result"]),
            (&json!("cancelled"), &Value::Null)
        );
        running += usize::from(task["attempt"] != json!(0));
        println!("cancelled in {took:?} at attempt {}", task["attempt"]);
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        let later = caller.get(&path).await.expect(200);
        let [later, task] = [later, task].map(without_usage);
        assert_eq!(later, task, "it stays so");
    }
    println!("{running} of {} tasks were running", ids.len());
}
