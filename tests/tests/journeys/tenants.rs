//! Nobody sees another tenant's data.

use std::collections::BTreeSet;

use end_to_end::{Stack, fresh, without_usage};
use serde_json::{Value, json};

use crate::traffic::requests;

/// What a stranger gets by each route of the API, who asks for another tenant's things by their names. A
/// route that is not here fails the test: whoever adds one says what a stranger is to get by it.
const BY_ROUTE: &[(&str, &str, u16)] = &[
    ("get", "/health", 200),
    ("get", "/openapi.json", 200),
    ("get", "/kinds", 200),
    ("get", "/dashboard", 200),
    ("get", "/dashboard/timeseries", 200),
    ("get", "/logs", 200),
    ("post", "/events", 200),
    ("get", "/reports", 200),
    ("get", "/reports/{id}", 404),
    ("get", "/tasks", 200),
    ("post", "/tasks", 202),
    ("post", "/tasks/batch", 200),
    ("get", "/tasks/{id}", 404),
    ("delete", "/tasks/{id}", 404),
    ("post", "/tasks/{id}/retry", 404),
    ("get", "/tasks/{id}/result", 404),
    ("post", "/uploads", 201),
    ("post", "/realtime/tickets", 201),
    ("post", "/notify", 404),
    ("get", "/webhooks/secret", 200),
    // What spans tenants is for operators, which this stranger is not.
    ("post", "/broadcast", 403),
    ("get", "/operators/system", 403),
    ("get", "/operators/connections", 403),
    ("get", "/operators/dead-letters", 403),
    ("post", "/operators/dead-letters/redrive", 403),
];

fn query(path: &str) -> &str {
    match path {
        "/dashboard" => "?window=all",
        "/dashboard/timeseries" => {
            "?metric=requests&from=2024-05-01T10:00:00Z&to=2024-05-01T11:00:00Z&bucket=hour"
        }
        _ => "",
    }
}

/// The same events, and the other tenant's task wherever a task can be named.
fn body(path: &str, task: &str) -> Value {
    let input = json!({"kind": "aggregate", "input": {"window": "all"}});
    match path {
        "/events" => json!({"events": requests(20)}),
        "/tasks" => input,
        "/tasks/batch" => json!({"tasks": [input]}),
        "/uploads" => json!({"file_name": "a.csv", "content_type": "text/csv", "bytes": 10}),
        "/notify" => json!({"request_id": task, "status": "completed", "result": {}}),
        "/broadcast" => json!({"message": "to all"}),
        _ => json!({}),
    }
}

fn routes(description: &Value) -> BTreeSet<(&str, &str)> {
    let paths = description["paths"].as_object().expect("paths");
    let methods = |item: &'_ Value| item.as_object().expect("methods").clone();
    let named = paths
        .iter()
        .flat_map(|(path, item)| methods(item).into_iter().map(move |(m, _)| (m, path)));
    let known = |method: &str| {
        ["get", "post", "delete", "put", "patch"]
            .iter()
            .find(|m| **m == method)
            .copied()
    };
    named
        .filter_map(|(method, path)| Some((known(&method)?, path.as_str())))
        .collect()
}

#[tokio::test]
async fn another_tenant_sees_nothing_by_any_route() {
    let stack = Stack::running().await;
    let ours = stack.new_tenant().await;
    let theirs = format!("t-{}", fresh());
    let theirs = stack.new_user(&theirs, &["notify", "webhooks"]).await;
    let description = theirs.get("/openapi.json").await.expect(200);
    let listed: BTreeSet<_> = BY_ROUTE
        .iter()
        .map(|(method, path, _)| (*method, *path))
        .collect();
    assert_eq!(routes(&description), listed, "every route is asked");

    let secret = format!("only-ours-{}", fresh());
    let events = json!({"events": requests(20).into_iter().map(|mut event| {
        event["region"] = json!(secret);
        event
    }).collect::<Vec<_>>()});
    ours.post("/events", &events).await.expect(200);
    let done = json!({"kind": "aggregate", "input": {"window": "all"}, "tags": [secret]});
    let task = ours.post("/tasks", &done).await.expect(202);
    let id = task["request_id"].as_str().expect("an id");
    let ended = without_usage(ours.ended(id).await);
    assert_eq!(ended["result"]["rows"][0]["count"], 13);

    for (method, path, status) in BY_ROUTE {
        let named = path.replace("{id}", id) + query(path);
        let answer = match *method {
            "get" => theirs.get(&named).await,
            "delete" => theirs.delete(&named).await,
            _ => theirs.post(&named, &body(path, id)).await,
        };
        assert_eq!(answer.status, *status, "{method} {path}: {}", answer.body);
        let told = answer.body.to_string();
        for ours in [&secret, &ours.tenant] {
            assert!(!told.contains(ours), "{method} {path}: {told}");
        }
        if !path.contains("{id}") {
            assert!(!told.contains(id), "{method} {path}: {told}");
        }
        if *path == "/events" {
            // The same event ids belong to each tenant on its own.
            assert_eq!(answer.body["accepted"], 20);
        }
    }
    assert_eq!(
        without_usage(ours.ended(id).await),
        ended,
        "nobody touched it"
    );
}

#[tokio::test]
async fn another_tenant_hears_nothing_by_any_stream() {
    let stack = Stack::running().await;
    let (ours, theirs) = (stack.new_tenant().await, stack.new_tenant().await);
    let secret = format!("only-ours-{}", fresh());
    let mut foreign = theirs.socket().await;
    let later =
        json!({"kind": "aggregate", "input": {"window": "all"}, "tags": [secret], "delay": 2});
    let task = ours.post("/tasks", &later).await.expect(202);
    let id = task["request_id"].as_str().expect("an id");
    for topic in [
        json!({"request_id": id}),
        json!({"tag": secret}),
        json!({"logs": "*"}),
    ] {
        let mut subscribe = topic;
        subscribe["action"] = json!("subscribe");
        foreign.send(&subscribe.to_string()).await;
    }
    let operators = json!({"action": "subscribe", "stream": "operators"});
    foreign.send(&operators.to_string()).await;
    let resume = json!({"action": "resume", "tasks": {id: 0}});
    foreign.send(&resume.to_string()).await;
    let resumed = foreign.frame_of("resumed").await;
    assert_eq!(
        resumed["tasks"][id],
        json!({"version": 0, "recovered": false})
    );

    ours.post("/events", &json!({"events": requests(20)}))
        .await
        .expect(200);
    assert_eq!(ours.ended(id).await["status"], "completed");
    let own = theirs.submit_aggregate(json!({"window": "all"})).await;
    loop {
        let frame = foreign.frame().await;
        let told = frame.to_string();
        assert!(
            !told.contains(&ours.tenant) && frame["tags"] != json!([secret]),
            "{told}"
        );
        assert!(
            frame["type"] != "update" || frame["request_id"] != id,
            "{told}"
        );
        if frame["request_id"] == own.as_str() && frame["status"] == "completed" {
            assert_eq!(frame["result"]["rows"], json!([]));
            break;
        }
    }
}

#[tokio::test]
async fn a_colleague_sees_the_tenants_tasks() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let colleague = stack.new_user(&caller.tenant, &[]).await;
    let id = caller.submit_aggregate(json!({"window": "all"})).await;
    assert_eq!(colleague.ended(&id).await["status"], "completed");
}
