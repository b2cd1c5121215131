//! An event that a queue has delivered, handed to a function again.

use end_to_end::{Stack, binary, fresh, without_usage};
use serde_json::{Value, json};

use super::ops;

fn record(n: usize, tenant: &str, id: &str) -> Value {
    let body = json!({"v": 1, "tenant": tenant, "request_id": id}).to_string();
    json!({
        "messageId": format!("message-{n}"), "receiptHandle": format!("receipt-{n}"), "body": body,
        "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:tasks", "awsRegion": "us-east-1",
    })
}

#[tokio::test]
async fn a_worker_comes_to_the_same_however_an_event_is_delivered() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let mut records = Vec::new();
    let mut ended = Vec::new();
    for n in 0..3 {
        let id = caller.submit_aggregate(json!({"window": "all"})).await;
        ended.push(caller.ended(&id).await);
        records.push(record(n, &caller.tenant, &id));
    }
    let file = std::env::temp_dir().join(format!("{}.json", fresh()));
    std::fs::write(&file, json!({ "Records": records }).to_string()).expect("written");
    let (event, worker) = (file.to_str().expect("a path"), binary("worker"));
    let worker = worker.to_str().expect("a path");

    let here = [
        "replay",
        event,
        "--function",
        "worker",
        "--program",
        worker,
        "--duplicates",
        "1",
        "--shuffle",
        "7",
        "--kill-after",
        "1",
    ];
    let there = ["replay", event, "--function", "worker", "--deployed"];
    for (arguments, deliveries) in [(&here[..], 5), (&there[..], 1)] {
        let (code, replayed) = ops(None, arguments).await;
        assert_eq!(code, Some(0), "{replayed}");
        assert_eq!(replayed["records"], 3);
        let came = replayed["deliveries"].as_array().expect("deliveries");
        assert_eq!(came.len(), deliveries, "{replayed}");
        assert_eq!(came[0]["answer"], json!({"batchItemFailures": []}));
    }
    for task in ended {
        let id = task["request_id"].as_str().expect("an id");
        let now = caller.get(&format!("/tasks/{id}")).await.expect(200);
        assert_eq!(without_usage(now), without_usage(task));
    }
    std::fs::remove_file(file).expect("removed");
}
