//! What an aggregate found is found again.

use end_to_end::Stack;
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

    // The task's end is written before its report, and told after it.
    let listed = loop {
        let page = caller.get("/reports").await.expect(200);
        if page["reports"].as_array().expect("a list").len() == made.len() {
            break page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
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
