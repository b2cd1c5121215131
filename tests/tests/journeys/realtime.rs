//! Tickets, connections and frames.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use end_to_end::{Socket, Stack};
use serde_json::{Value, json};

#[tokio::test]
async fn a_ticket_opens_one_connection() {
    let caller = Stack::running().await.new_tenant().await;
    let ticket = caller.ticket().await;
    let url = ticket["url"].as_str().expect("a url");
    assert!(url.contains(ticket["ticket"].as_str().expect("a ticket")));
    let socket = Socket::open(url).await.expect("the first use connects");
    assert_refused(Socket::open(url).await);
    socket.close().await;
}

#[tokio::test]
async fn without_a_good_ticket_nobody_connects() {
    let base = Stack::variable("ADOLOGY_WS_URL");
    for url in [
        base.clone(),
        format!("{base}?ticket="),
        format!("{base}?ticket=guessed"),
    ] {
        assert_refused(Socket::open(&url).await);
    }
}

/// API Gateway passes the function's 401 on; the emulator says 403 whatever the refusal.
#[track_caller]
fn assert_refused(attempt: Result<Socket, u16>) {
    let status = attempt.expect_err("the connection is refused");
    assert!([401, 403].contains(&status), "{status}");
}

#[tokio::test]
async fn bad_frames_get_an_error_and_the_connection_lives_on() {
    let caller = Stack::running().await.new_tenant().await;
    let mut socket = caller.socket().await;
    for (text, code) in [
        ("not json", "not_json"),
        ("[]", "invalid_frame"),
        ("{}", "invalid_frame"),
        (r#"{"action":"fly"}"#, "unknown_action"),
        (r#"{"action":"ping","extra":1}"#, "invalid_frame"),
    ] {
        socket.send(text).await;
        let frame = socket.frame().await;
        assert_eq!(
            (&frame["type"], &frame["code"]),
            (&json!("error"), &json!(code)),
            "{text}"
        );
        assert!(
            frame["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
    }
    socket.send(r#"{"action":"ping"}"#).await;
    assert_eq!(socket.frame().await["type"], "pong");
}

#[tokio::test]
async fn every_page_of_the_submitter_gets_the_update_and_nobody_else() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let colleague = stack.new_user(&caller.tenant, &[]).await;
    let (mut first, mut second) = (caller.socket().await, caller.socket().await);
    let mut other = colleague.socket().await;

    let id = caller.submit_aggregate(json!({"window": "all"})).await;
    let seen = first.updates_of(&id).await;
    assert_eq!(second.updates_of(&id).await.last(), seen.last());

    // The colleague's next frame is about the colleague's own task.
    let own = colleague.submit_aggregate(json!({"window": "all"})).await;
    assert_eq!(other.frame().await["request_id"], json!(own));
}

#[tokio::test]
async fn a_closed_connection_leaves_no_row() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let before = caller.socket().await;
    wait_for_listeners(&stack, &caller.tenant, 3).await;
    before.close().await;
    wait_for_listeners(&stack, &caller.tenant, 0).await;
}

/// Waits until the table holds this many rows that name the tenant: a connection's own row, one
/// for its user's topic and one for its shard. A test may scan; the product never does.
async fn wait_for_listeners(stack: &Stack, tenant: &str, expected: usize) {
    let table = Stack::variable("CONNECTIONS_TABLE");
    let mut rows = Vec::new();
    for _ in 0..100 {
        let page = stack
            .tables()
            .scan()
            .table_name(&table)
            .consistent_read(true)
            .send()
            .await;
        rows = page.expect("the table answers").items.unwrap_or_default();
        rows.retain(|row| row.values().any(|value| holds(value, tenant)));
        if rows.len() == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} rows instead of {expected}: {rows:?}", rows.len());
}

fn holds(value: &AttributeValue, text: &str) -> bool {
    match value {
        AttributeValue::S(held) => held.contains(text),
        AttributeValue::Ss(held) => held.iter().any(|one| one.contains(text)),
        AttributeValue::M(held) => held.values().any(|one| holds(one, text)),
        AttributeValue::L(held) => held.iter().any(|one| holds(one, text)),
        _ => false,
    }
}

#[tokio::test]
async fn binary_and_oversized_frames_are_refused() {
    let caller = Stack::running().await.new_tenant().await;
    let mut socket = caller.socket().await;
    socket.send_bytes(&[0, 159, 146, 150]).await;
    assert_eq!(socket.frame().await["code"], "binary_frame");
    let long = Value::String("x".repeat(130 * 1024));
    socket
        .send(&json!({"action": "ping", "padding": long}).to_string())
        .await;
    assert_eq!(socket.frame().await["code"], "frame_too_large");
}
