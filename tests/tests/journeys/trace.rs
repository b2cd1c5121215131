//! One trace from the call to the push, as the logs of the functions tell it.

use std::collections::HashSet;

use end_to_end::{Log, Stack, fresh};
use serde_json::{Value, json};

/// What a summary line says of its invocation, and no other line does.
fn invocation(line: &Value) -> &str {
    let id = line["faas.invocation_id"].as_str();
    id.unwrap_or_else(|| panic!("no invocation: {line}"))
}

#[track_caller]
fn assert_one_line_each(lines: &[Value]) {
    let invocations: HashSet<_> = lines.iter().map(invocation).collect();
    assert_eq!(invocations.len(), lines.len(), "{lines:#?}");
}

#[track_caller]
fn assert_duration(of: &Value, field: &str) {
    let duration = of[field].as_f64();
    assert!(duration.is_some_and(|ms| ms >= 0.0), "{field}: {of}");
}

#[tokio::test]
async fn a_callers_trace_is_in_one_line_of_each_function_on_the_way() {
    let caller = Stack::running().await.new_tenant().await;
    let mut socket = caller.socket().await;
    let trace = fresh();
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let body = json!({"kind": "aggregate", "input": {"window": "all"}});
    let answer = caller.post_traced("/tasks", &parent, &body).await;
    let told = answer.headers["traceparent"].to_str().expect("text");
    assert!(told.contains(&trace), "{told}");
    let accepted = answer.expect(202);
    let id = accepted["request_id"].as_str().expect("an id");
    let updates = socket.updates_of(id).await;
    let ended = updates.last().expect("an update");
    assert_eq!(ended["status"], "completed", "{ended}");

    let api = Log::of("api").lines_with(&trace).await;
    let [line] = &api[..] else {
        panic!("one line of the api: {api:#?}");
    };
    assert_eq!(line["trace.id"], *trace);
    assert_eq!(
        (&line["http.route"], &line["http.status"]),
        (&json!("/tasks"), &json!(202))
    );
    assert_duration(line, "duration_ms");

    let worker = Log::of("worker").lines_with(&trace).await;
    let [line] = &worker[..] else {
        panic!("one line of the worker: {worker:#?}");
    };
    assert_one_line_each(&worker);
    assert!(
        line["trace.ids"]
            .as_str()
            .is_some_and(|ids| ids.contains(&trace))
    );
    let parts = line["parts"].as_array().expect("parts");
    let task = parts.iter().find(|part| part["task.id"] == id);
    let task = task.unwrap_or_else(|| panic!("the task is no part: {line:#}"));
    let shown = ["part", "trace.id", "task.kind", "task.outcome"].map(|name| task[name].clone());
    assert_eq!(
        shown,
        ["task", &trace, "aggregate", "completed"].map(Value::from)
    );
    assert_eq!(
        (&task["task.attempt"], &task["receives"]),
        (&json!(1), &json!(1))
    );
    assert_duration(task, "wait_ms");
    assert_duration(task, "duration_ms");
    assert_duration(line, "duration_ms");

    // Several batches may take the updates of one task; each leaves one line.
    let pusher = Log::of("pusher").lines_with(&trace).await;
    assert_one_line_each(&pusher);
    for line in &pusher {
        let named =
            |name: &str, value: &str| line[name].as_str().is_some_and(|all| all.contains(value));
        assert!(
            named("trace.ids", &trace) && named("task.ids", id),
            "{line:#}"
        );
        assert_duration(line, "duration_ms");
    }
}
