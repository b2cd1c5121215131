//! What the old release leaves: tasks in every state, a report, a stored result, events.

use end_to_end::Caller;
use serde_json::{Value, json};

/// Tasks of the old release.
pub(crate) struct Before {
    /// Ended before the deployment, with what they were.
    ended: Vec<Value>,
    /// Not ended by then: delayed, running outside, about to time out.
    open: Vec<String>,
    outside: String,
}

impl Before {
    /// Has the old release make all of it.
    pub(crate) async fn made(caller: &Caller, reporter: &Caller) -> Self {
        let events = json!({"events": (0..200).map(event).collect::<Vec<_>>()});
        let taken = caller.post("/events", &events).await.expect(200);
        assert_eq!(taken["accepted"], 200);
        let all = json!({"group_by": ["service"], "window": "all"});
        let documents: Vec<_> = (0..600)
            .map(|n| json!({"id": n.to_string(), "text": "a good day, and a long one"}))
            .collect();
        let now = [
            json!({"kind": "aggregate", "input": all}),
            json!({"kind": "export", "input": {"source": "events", "format": "csv"}}),
            // Its result is too large to be kept with the task.
            json!({"kind": "analyze", "input": {"documents": documents}}),
            json!({"kind": "analyze", "input": {"upload_id": "01890a5d-ac96-774b-bcce-b302099a8057"}}),
        ];
        let mut ended = vec![];
        for body in now {
            let id = submitted(caller, &body).await;
            ended.push(caller.ended(&id).await);
        }
        let states: Vec<_> = ended.iter().map(|task| task["status"].as_str()).collect();
        assert_eq!(
            states,
            ["completed", "completed", "completed", "failed"].map(Some)
        );
        let outside = submitted(caller, &json!({"kind": "external", "input": {}})).await;
        let progress = json!({"percent": 10, "message": "on its way"});
        let report = json!({"request_id": outside, "status": "processing", "progress": progress});
        reporter.post("/notify", &report).await.expect(200);
        let mut open = vec![outside.clone()];
        for seconds in [5, 20, 40] {
            let later = json!({"kind": "aggregate", "input": {"window": "all"}, "delay": seconds});
            open.push(submitted(caller, &later).await);
        }
        let cancelled = submitted(
            caller,
            &json!({"kind": "aggregate", "input": {}, "delay": 600}),
        )
        .await;
        caller.delete(&format!("/tasks/{cancelled}")).await;
        ended.push(caller.ended(&cancelled).await);
        Self {
            ended,
            open,
            outside,
        }
    }

    /// Has the new release end what the old one left open.
    pub(crate) async fn ended(&self, caller: &Caller, reporter: &Caller) {
        let end = json!({"request_id": self.outside, "status": "completed", "result": {"n": 1}});
        reporter.post("/notify", &end).await.expect(200);
        for id in &self.open {
            let task = caller.ended(id).await;
            assert_eq!(task["status"], "completed", "{task}");
        }
    }

    /// Everything that the old release made is there as it was.
    pub(crate) async fn can_be_read(&self, caller: &Caller) {
        for known in &self.ended {
            let id = id(known);
            let task = caller.get(&format!("/tasks/{id}")).await.expect(200);
            for field in [
                "kind", "input", "status", "version", "result", "error", "updates",
            ] {
                // A release may show more.
                assert_eq!(task[field], known[field], "{id}: {field}");
            }
            if known["status"] == "completed" {
                caller.get(&format!("/tasks/{id}/result")).await.expect(200);
            }
        }
        let id = id(&self.ended[0]);
        let report = caller.get(&format!("/reports/{id}")).await.expect(200);
        assert_eq!(report["result"], self.ended[0]["result"]);
        let dashboard = caller.get("/dashboard?window=all").await.expect(200);
        assert_eq!(dashboard["user_count"], 7);
    }

    /// Their names.
    pub(crate) fn tasks(&self) -> Vec<String> {
        let ended = self.ended.iter().map(|task| id(task).to_owned());
        ended.chain(self.open.clone()).collect()
    }
}

fn id(task: &Value) -> &str {
    task["request_id"].as_str().expect("an id")
}

async fn submitted(caller: &Caller, body: &Value) -> String {
    let answer = caller.post("/tasks", body).await.expect(202);
    id(&answer).to_owned()
}

fn event(n: u32) -> Value {
    json!({
        "id": format!("e{n}"), "type": "request", "at": "2026-03-01T12:00:00Z", "service": "shop",
        "user": format!("u{}", n % 7), "method": "GET", "path": "/items", "status": 200, "bytes": 10,
        "response_time_ms": 12.5,
    })
}
