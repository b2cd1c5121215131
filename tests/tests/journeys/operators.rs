//! What operators see of the service, and what they can mend.
//!
//! Other tests have queues and connections in use at the same time, so these look for their own.

use std::time::Duration;

use end_to_end::{Caller, Stack, fresh};
use serde_json::{Value, json};

/// A minute until the sweep's next tick, and time for what it starts.
const PATIENCE: Duration = Duration::from_mins(3);

async fn operator(stack: &Stack) -> Caller {
    let tenant = format!("t-{}", fresh());
    stack.new_user(&tenant, &["operator", "notify"]).await
}

/// A task that failed, and the letter that its message has become.
async fn dead_task(stack: &Stack, caller: &Caller) -> String {
    let task = json!({"kind": "external", "input": {}});
    let task = caller.post("/tasks", &task).await.expect(202);
    let id = task["request_id"].as_str().expect("an id").to_owned();
    let error = json!({"code": "store_unavailable", "message": "it did not answer"});
    let report = json!({"request_id": id, "status": "failed", "error": error});
    caller.post("/notify", &report).await.expect(200);
    let body = json!({"v": 1, "tenant": caller.tenant, "request_id": id});
    let bury = stack
        .queues()
        .send_message()
        .queue_url(Stack::variable("TASK_DLQ_URL"));
    let sent = bury.message_body(body.to_string()).send().await;
    sent.expect("the letter is buried");
    id
}

/// The letter about a task, once a look shows it.
async fn letter_about(operator: &Caller, id: &str) -> Value {
    let look = async {
        loop {
            let path = "/operators/dead-letters?queue=work&limit=100";
            let found = operator.get(path).await.expect(200);
            let groups = found["groups"].as_array().expect("groups").iter();
            let mut letters =
                groups.flat_map(|group| group["letters"].as_array().expect("letters"));
            if let Some(letter) = letters.find(|letter| letter["request_id"] == id) {
                return letter.clone();
            }
        }
    };
    let found = tokio::time::timeout(PATIENCE, look).await;
    found.expect("the letter is seen")
}

#[tokio::test]
async fn a_dead_letter_is_looked_at_left_where_it_is_and_redriven() {
    let stack = Stack::running().await;
    let operator = operator(&stack).await;
    let id = dead_task(&stack, &operator).await;
    for _ in 0..2 {
        let letter = letter_about(&operator, &id).await;
        assert_eq!(letter["tenant"], operator.tenant);
        assert_eq!(letter["status"], "failed");
        assert_eq!(letter["error"]["code"], "store_unavailable");
    }
    let body = json!({"queue": "work", "request_ids": [id]});
    let redrive = async {
        loop {
            let path = "/operators/dead-letters/redrive";
            let outcome = operator.post(path, &body).await.expect(200);
            // Another look may have the letter in hand.
            if outcome["redriven"] == 1 {
                return;
            }
        }
    };
    let redriven = tokio::time::timeout(PATIENCE, redrive).await;
    redriven.expect("the letter goes");
    let task = operator.get(&format!("/tasks/{id}")).await.expect(200);
    assert_eq!(task["status"], "processing");
}

#[tokio::test]
async fn operators_see_how_the_service_stands_and_who_is_connected() {
    let stack = Stack::running().await;
    let operator = operator(&stack).await;
    let caller = stack.new_tenant().await;
    let _open = [caller.socket().await, caller.socket().await];
    let system = operator.get("/operators/system").await.expect(200);
    let queues = system["queues"].as_array().expect("queues").iter();
    let names: Vec<_> = queues.map(|queue| &queue["name"]).collect();
    assert_eq!(names, ["work", "urgent", "updates", "callbacks"]);
    assert!(
        system["connections"]["open"].as_u64() >= Some(2),
        "{system}"
    );
    assert!(system["pool"].is_array());
    let found = operator.get("/operators/connections").await.expect(200);
    let tenants = found["tenants"].as_array().expect("tenants");
    let ours = tenants.iter().find(|one| one["tenant"] == caller.tenant);
    if let Some(ours) = ours {
        assert_eq!(
            (&ours["open"], &ours["users"][0]["open"]),
            (&json!(2), &json!(2))
        );
    } else {
        // More tenants are connected than are listed.
        assert_eq!(tenants.len(), 100, "{found}");
    }
}

#[tokio::test]
async fn the_stream_tells_how_the_service_stands() {
    let stack = Stack::running().await;
    let operator = operator(&stack).await;
    let mut socket = operator.socket().await;
    let subscribe = json!({"action": "subscribe", "stream": "operators"});
    let subscribed = socket.ask(&subscribe).await;
    assert_eq!(subscribed["type"], "subscribed");
    let told = tokio::time::timeout(PATIENCE, async {
        loop {
            let end = tokio::time::Instant::now() + Duration::from_secs(30);
            match socket.frame_before(end).await {
                Some(frame) if frame["type"] == "system" => return frame,
                Some(_) => {}
                None => socket.send(r#"{"action":"ping"}"#).await,
            }
        }
    });
    let mut told = told.await.expect("within the minute");
    let fields = told.as_object_mut().expect("an object");
    fields.remove("type");
    let mut asked = operator.get("/operators/system").await.expect(200);
    let names = |system: &mut Value| {
        let fields = system.as_object().expect("an object");
        fields.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&mut told), names(&mut asked));
}

#[tokio::test]
async fn nobody_else_sees_any_of_it() {
    let stack = Stack::running().await;
    let tenant = format!("t-{}", fresh());
    let caller = stack.new_user(&tenant, &["notify"]).await;
    for path in [
        "/operators/system",
        "/operators/connections",
        "/operators/dead-letters?queue=work",
    ] {
        let answer = caller.get(path).await;
        assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{path}");
        assert_eq!(stack.caller(None).get(path).await.status, 401, "{path}");
    }
    let path = "/operators/dead-letters/redrive";
    let answer = caller.post(path, &json!({"queue": "work"})).await;
    assert_eq!((answer.status, answer.code()), (403, "forbidden"));
}
