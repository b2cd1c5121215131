//! What an aggregate found is found again.

use std::time::Duration;

use end_to_end::{Caller, Stack};
use serde_json::{Value, json};

use crate::traffic::requests;

#[tokio::test]
async fn a_completed_aggregate_leaves_a_report() {
    let stack = Stack::running().await;
    let (caller, other) = (stack.new_tenant().await, stack.new_tenant().await);
    let body = json!({"events": requests(60)});
    caller.post("/events", &body).await.expect(200);
    let mut made = vec![];
    for group_by in [json!(["service"]), json!(["service", "path"])] {
        let input = json!({"group_by": group_by, "window": "all"});
        let body = json!({"kind": "aggregate", "input": input, "tags": ["nightly"]});
        let confirmation = caller.post("/tasks", &body).await.expect(202);
        let id = confirmation["request_id"]
            .as_str()
            .expect("an id")
            .to_owned();
        let task = caller.ended(&id).await;
        assert_eq!(task["status"], "completed", "{task}");
        made.push(task);
    }

    let listed = listed(&caller, made.len()).await;
    for (task, title) in made
        .iter()
        .zip(["Requests by service", "Requests by service, path"])
    {
        let id = task["request_id"].as_str().expect("an id");
        let report = caller.get(&format!("/reports/{id}")).await.expect(200);
        assert_eq!(report["title"], title);
        for field in ["kind", "input", "tags", "result"] {
            assert_eq!(report[field], task[field], "{field}");
        }
        let rows = task["result"]["rows"].as_array().expect("rows").len();
        assert_eq!(report["row_count"], rows);
        let refused = other.get(&format!("/reports/{id}")).await;
        assert_eq!((refused.status, refused.code()), (404, "report_not_found"));
    }
    let first = caller.get("/reports?limit=1").await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("a second page");
    let second = caller
        .get(&format!("/reports?limit=1&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(second["next_cursor"], Value::Null);
    let pages = [&first["reports"][0], &second["reports"][0]];
    assert_eq!(pages, [&listed["reports"][0], &listed["reports"][1]]);
    assert_eq!(
        other.get("/reports").await.expect(200)["reports"],
        json!([])
    );
}

/// The first page of reports, once it holds so many: a task's end is written before its report, and
/// told after it.
async fn listed(caller: &Caller, count: usize) -> Value {
    let wait = async {
        loop {
            let page = caller.get("/reports").await.expect(200);
            if page["reports"].as_array().expect("a list").len() == count {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .expect("every completed aggregate leaves its report")
}

#[tokio::test]
async fn a_large_result_is_behind_a_link() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    for batch in 0..4 {
        let mut events = requests(250);
        for (n, event) in events.iter_mut().enumerate() {
            let n = batch * 250 + n;
            event["id"] = json!(format!("r-{n}"));
            event["path"] = json!(format!("/exactly/this/one/{n}"));
        }
        let body = json!({ "events": events });
        caller.post("/events", &body).await.expect(200);
    }
    let input = json!({"group_by": ["path"], "window": "all"});
    let id = caller.submit_aggregate(input).await;
    let task = caller.ended(&id).await;
    assert_eq!(task["status"], "completed", "{task}");
    listed(&caller, 1).await;

    let report = caller.get(&format!("/reports/{id}")).await.expect(200);
    assert_eq!(report["title"], "Requests by path");
    assert!(report.get("result").is_none(), "it is too large for that");
    let link = report["result_url"].as_str().expect("a link");
    let text = reqwest::get(link).await.expect("an answer").text().await;
    let text = text.expect("a body");
    assert_eq!(report["bytes"], text.len());
    let result: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(result["rows"].as_array().map(Vec::len), Some(1_000));
}
