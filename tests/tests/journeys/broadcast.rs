//! Operators tell everybody who is connected.
//!
//! Other tests have connections open at the same time, so these look for their own broadcast.

use std::time::Duration;

use end_to_end::binary;
use end_to_end::{Caller, Socket, Stack, fresh};
use futures::future::join_all;
use serde_json::{Value, json};

async fn operator(stack: &Stack) -> Caller {
    let tenant = format!("t-{}", fresh());
    stack.new_user(&tenant, &["operator"]).await
}

/// The next frame of one type that holds the text.
async fn frame_with(socket: &mut Socket, kind: &str, text: &str) -> Value {
    loop {
        let frame = socket.frame().await;
        if frame["type"] == kind && frame.to_string().contains(text) {
            return frame;
        }
    }
}

#[tokio::test]
async fn everybody_of_every_tenant_hears_an_operator() {
    let stack = Stack::running().await;
    let operator = operator(&stack).await;
    let callers = [stack.new_tenant().await, stack.new_tenant().await];
    let mut sockets = vec![operator.socket().await];
    for n in 0..20 {
        sockets.push(callers[n % 2].socket().await);
    }
    let text = fresh();
    let body = json!({"message": {"text": text}});
    let taken = operator.post("/broadcast", &body).await.expect(202);
    assert_eq!(taken["status"], "queued");
    assert!(taken["shards"].as_u64() > Some(1));
    let heard = join_all(
        sockets
            .iter_mut()
            .map(|one| frame_with(one, "broadcast", &text)),
    )
    .await;
    for frame in heard {
        assert_eq!(
            (&frame["id"], &frame["message"]),
            (&taken["broadcast_id"], &body["message"])
        );
        assert!(frame["at"].is_string());
    }
}

#[tokio::test]
async fn a_broadcast_that_is_asked_for_twice_is_heard_once() {
    let stack = Stack::running().await;
    let operator = operator(&stack).await;
    let mut socket = operator.socket().await;
    let (key, first, last) = (fresh(), fresh(), fresh());
    let body = |text: &str| json!({"message": {"text": text}, "tenant": operator.tenant});
    let keyed = async |text: &str| operator.post_keyed("/broadcast", &key, &body(text)).await;
    let taken = keyed(&first).await.expect(202);
    let again = keyed(&first).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.expect(200), taken);
    let other = keyed(&last).await;
    assert_eq!(
        (other.status, other.code()),
        (409, "idempotency_key_reused")
    );
    let heard = frame_with(&mut socket, "broadcast", &first).await;
    assert_eq!(heard["id"], taken["broadcast_id"]);
    // A repetition by the queue has the same id; a second broadcast would have another.
    operator.post("/broadcast", &body(&last)).await.expect(202);
    loop {
        let frame = socket.frame().await;
        if frame["message"]["text"] == last {
            break;
        }
        assert!(frame["message"]["text"] != first || frame["id"] == heard["id"]);
    }
}

#[tokio::test]
async fn one_tenant_is_told_to_reconnect_and_no_other() {
    let stack = Stack::running().await;
    let operator = operator(&stack).await;
    let (told, spared) = (stack.new_tenant().await, stack.new_tenant().await);
    let (mut leaving, mut staying) = (told.socket().await, spared.socket().await);
    let reason = fresh();
    let bye = json!({"reconnect": {"within_ms": 30_000, "reason": reason}, "tenant": told.tenant});
    operator.post("/broadcast", &bye).await.expect(202);
    let frame = frame_with(&mut leaving, "bye", &reason).await;
    assert_eq!(frame["reconnect_in_ms"], 30_000);
    // Whoever is spared hears what comes after, and nothing before it.
    let text = fresh();
    let after = json!({"message": text, "tenant": spared.tenant});
    operator.post("/broadcast", &after).await.expect(202);
    loop {
        let frame = staying.frame().await;
        assert!(!frame.to_string().contains(&reason), "{frame}");
        if frame["message"] == text {
            break;
        }
    }
}

#[tokio::test]
async fn nobody_else_may_speak_to_all() {
    let stack = Stack::running().await;
    let tenant = format!("t-{}", fresh());
    for groups in [&[][..], &["notify"]] {
        let caller = stack.new_user(&tenant, groups).await;
        let answer = caller.post("/broadcast", &json!({"message": 1})).await;
        assert_eq!((answer.status, answer.code()), (403, "forbidden"));
    }
    let nobody = stack.caller(None);
    let answer = nobody.post("/broadcast", &json!({"message": 1})).await;
    assert_eq!(answer.status, 401);
}

/// A client that reads nothing has its own frames to itself: the others hear every one meanwhile.
#[tokio::test]
async fn a_client_that_stops_reading_delays_nobody() {
    let stack = Stack::running().await;
    let operator = operator(&stack).await;
    let caller = stack.new_tenant().await;
    let mut reading = caller.socket().await;
    // More than the kernel's buffers hold on both sides of the connection.
    let padding = "x".repeat(20 * 1024);
    let _stuck = [caller.socket().await, caller.socket().await];
    for n in 0..40 {
        let text = format!("{n}-{}", fresh());
        let body = json!({"message": [text, padding], "tenant": caller.tenant});
        operator.post("/broadcast", &body).await.expect(202);
        let heard = frame_with(&mut reading, "broadcast", &text);
        let heard = tokio::time::timeout(Duration::from_secs(30), heard).await;
        heard.expect("it is heard while others read nothing");
    }
}

/// By the program `ops`, which signs in as the operator itself.
#[tokio::test]
async fn an_operator_tells_everybody_from_a_shell() {
    let stack = Stack::running().await;
    let tenant = format!("t-{}", fresh());
    let (name, password) = stack.new_login(&tenant, &["operator"]).await;
    let mut socket = stack.new_tenant().await.socket().await;
    let text = fresh();
    let run = tokio::process::Command::new(binary("ops"))
        .args(["--json", "broadcast", &text])
        .env("ADOLOGY_USERNAME", name)
        .env("ADOLOGY_PASSWORD", password)
        .env_remove("ADOLOGY_TOKEN")
        .output();
    let output = run.await.expect("ops runs");
    assert!(output.status.success(), "{output:?}");
    let taken: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let frame = frame_with(&mut socket, "broadcast", &text).await;
    assert_eq!(
        (&frame["id"], &frame["message"]),
        (&taken["broadcast_id"], &json!(text))
    );
}
