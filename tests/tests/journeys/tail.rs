//! New log lines, as they are stored.

use std::time::Duration;

use end_to_end::{Caller, Socket, Stack, fresh};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;

/// Longer than a process of the api holds that nobody listens.
const PATIENCE: Duration = Duration::from_mins(1);

async fn listen(caller: &Caller, level: &str) -> Socket {
    let mut socket = caller.socket().await;
    let subscribed = socket
        .ask(&json!({"action": "subscribe", "logs": level}))
        .await;
    assert_eq!(subscribed, json!({"type": "subscribed", "logs": level}));
    socket
}

#[expect(clippy::disallowed_methods, reason = "the stack's own clock checks it")]
async fn write(caller: &Caller, level: &str, message: &str) -> String {
    let id = fresh();
    let at = OffsetDateTime::now_utc().format(&Rfc3339).expect("a time");
    let line = json!({
        "id": id, "type": "log", "at": at, "service": "shop", "level": level, "message": message,
    });
    let taken = caller.post("/events", &json!({"events": [line]})).await;
    assert_eq!(taken.expect(200)["accepted"], 1);
    id
}

/// The lines of the next frame, if one comes soon.
async fn lines(socket: &mut Socket, level: &str) -> Vec<Value> {
    let end = Instant::now() + Duration::from_secs(1);
    while let Some(frame) = socket.frame_before(end).await {
        if frame["type"] == "logs" {
            assert_eq!(frame["level"], level);
            return frame["lines"].as_array().expect("lines").clone();
        }
    }
    vec![]
}

#[tokio::test]
async fn each_tenant_hears_of_its_own_lines_of_the_levels_it_asked_for() {
    let stack = Stack::running().await;
    let (caller, stranger) = (stack.new_tenant().await, stack.new_tenant().await);
    let mut all = listen(&caller, "*").await;
    let mut errors = listen(&caller, "error").await;
    let mut foreign = listen(&stranger, "*").await;
    let end = Instant::now() + PATIENCE;
    let mut heard = [false, false];
    let mut written = vec![];
    while heard != [true, true] {
        assert!(Instant::now() < end, "nothing is heard");
        written.push(write(&caller, "info", "fine").await);
        let bad = write(&caller, "error", "out of stock").await;
        written.push(bad.clone());
        let ours = |line: &Value| written.iter().any(|id| line["id"] == **id);
        let every = lines(&mut all, "*").await;
        assert!(every.iter().all(ours), "{every:?}");
        heard[0] |= !every.is_empty();
        let of_level = lines(&mut errors, "error").await;
        let right =
            |line: &Value| ours(line) && line["level"] == "error" && line["service"] == "shop";
        assert!(of_level.iter().all(right), "{of_level:?}");
        heard[1] |= !of_level.is_empty();
    }
    assert!(lines(&mut foreign, "*").await.is_empty());
}

#[tokio::test]
async fn a_level_that_no_line_can_have_is_refused() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let mut socket = caller.socket().await;
    for level in ["", "x\ny"] {
        let refused = socket
            .ask(&json!({"action": "subscribe", "logs": level}))
            .await;
        assert_eq!(refused["code"], "invalid_frame", "{refused}");
    }
}
