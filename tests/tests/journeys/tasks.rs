//! A task from submission to its result.

use std::collections::BTreeMap;

use end_to_end::{Caller, Stack};
use serde_json::{Value, json};

use crate::traffic::{assert_close, mean, nearest_rank, requests, response_time, service};

async fn tenant_with_traffic(count: usize) -> Caller {
    let caller = Stack::running().await.new_tenant().await;
    for batch in requests(count).chunks(1_000) {
        caller
            .post("/events", &json!({"events": batch}))
            .await
            .expect(200);
    }
    caller
}

#[tokio::test]
async fn an_aggregate_is_confirmed_at_once_and_its_updates_arrive() {
    let caller = tenant_with_traffic(300).await;
    let mut socket = caller.socket().await;

    let body = json!({"kind": "aggregate", "tags": ["nightly"],
        "input": {"group_by": ["service"], "window": "all"}});
    let confirmation = caller.post("/tasks", &body).await.expect(202);
    let id = confirmation["request_id"]
        .as_str()
        .expect("a request_id")
        .to_owned();
    let expected = json!({"request_id": id, "status": "processing", "version": 1,
        "message": "Your task has been queued."});
    assert_eq!(confirmation, expected);

    let updates = socket.updates_of(&id).await;
    // Two may change places on the way (docs/realtime.md); the end is above all.
    let versions = updates.iter().map(|update| update["version"].as_u64());
    let newest = versions.max().expect("an update");
    let last = updates.last().expect("an update");
    assert_eq!(last["version"].as_u64(), newest, "{updates:?}");
    assert_eq!(last["status"], "completed");

    let task = caller.get(&format!("/tasks/{id}")).await.expect(200);
    assert_eq!(
        task["result"], last["result"],
        "the page and the API show the same"
    );
    assert_eq!(task["version"], last["version"]);
    assert_eq!(task["tags"], json!(["nightly"]));
    let history: Vec<_> = task["updates"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|u| u["version"].clone())
        .collect();
    let all: Vec<_> = (1..=task["version"].as_u64().expect("a number"))
        .map(Value::from)
        .collect();
    assert_eq!(history, all, "no version is missing from the history");

    check_rows_by_service(&task["result"]["rows"], 300);
    let result = caller.get(&format!("/tasks/{id}/result")).await.expect(200);
    assert_eq!(result["result"], task["result"]);
}

fn check_rows_by_service(rows: &Value, count: usize) {
    let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for n in 0..count {
        groups.entry(service(n)).or_default().push(response_time(n));
    }
    let rows = rows.as_array().expect("rows");
    assert_eq!(rows.len(), groups.len());
    for row in rows {
        let times = groups
            .get_mut(row["service"].as_str().expect("a service"))
            .expect("known");
        assert_eq!(row["count"], times.len());
        assert_close(&row["mean"], mean(times));
        assert_close(&row["p50"], nearest_rank(times, 0.50));
        assert_close(&row["p95"], nearest_rank(times, 0.95));
        assert_close(&row["p99"], nearest_rank(times, 0.99));
    }
}

#[tokio::test]
async fn a_large_result_is_fetched_by_a_link() {
    let caller = Stack::running().await.new_tenant().await;
    let mut events = requests(600);
    for (n, event) in events.iter_mut().enumerate() {
        event["path"] = json!(format!(
            "/a/rather/long/path/so/that/rows/weigh/something/{n}"
        ));
    }
    caller
        .post("/events", &json!({"events": events}))
        .await
        .expect(200);

    let mut socket = caller.socket().await;
    let id = caller
        .submit_aggregate(json!({"group_by": ["path"], "window": "all"}))
        .await;
    let updates = socket.updates_of(&id).await;
    let frame = updates.last().expect("an update");
    assert!(
        frame.get("result").is_none(),
        "a large result does not travel in a frame"
    );

    let task = caller.get(&format!("/tasks/{id}")).await.expect(200);
    let link = caller.get(&format!("/tasks/{id}/result")).await.expect(200);
    for url in [
        &frame["result_url"],
        &task["result_url"],
        &link["result_url"],
    ] {
        let url = url.as_str().expect("a link");
        let result: Value = reqwest::get(url)
            .await
            .expect("fetched")
            .json()
            .await
            .expect("JSON");
        assert_eq!(result["rows"].as_array().map(Vec::len), Some(600));
    }
}

#[tokio::test]
async fn buckets_and_statuses_group_too() {
    let caller = tenant_with_traffic(120).await;
    let input = json!({"group_by": ["time", "status"], "bucket": "minute", "window": "all"});
    let id = caller.submit_aggregate(input).await;
    let task = caller.ended(&id).await;
    let mut counts = BTreeMap::new();
    for row in task["result"]["rows"].as_array().expect("rows") {
        let key = (
            row["time"].as_str().unwrap_or_default(),
            row["status"].as_u64().unwrap_or(0),
        );
        counts.insert(key, row["count"].as_u64().unwrap_or(0));
    }
    let expected = BTreeMap::from([
        (("2024-05-01T10:00:00Z", 200), 54),
        (("2024-05-01T10:00:00Z", 500), 6),
        (("2024-05-01T10:01:00Z", 200), 54),
        (("2024-05-01T10:01:00Z", 500), 6),
    ]);
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn tasks_are_listed_newest_first_in_stable_pages() {
    let caller = tenant_with_traffic(1).await;
    let mut submitted = Vec::new();
    for _ in 0..5 {
        submitted.insert(0, caller.submit_aggregate(json!({"window": "all"})).await);
    }
    let mut listed = Vec::new();
    let mut path = "/tasks?limit=2".to_owned();
    loop {
        let page = caller.get(&path).await.expect(200);
        let tasks = page["tasks"].as_array().expect("a list");
        listed.extend(
            tasks
                .iter()
                .filter_map(|task| task["request_id"].as_str())
                .map(String::from),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/tasks?limit=2&cursor={cursor}");
    }
    assert_eq!(listed, submitted);

    for id in &submitted {
        assert_eq!(caller.ended(id).await["status"], "completed");
    }
    let completed = caller
        .get("/tasks?status=completed&kind=aggregate")
        .await
        .expect(200);
    assert_eq!(completed["tasks"].as_array().map(Vec::len), Some(5));
    let failed = caller.get("/tasks?status=failed").await.expect(200);
    assert_eq!(failed["tasks"], json!([]));
}
