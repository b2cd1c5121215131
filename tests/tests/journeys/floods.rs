//! A client that sends too fast.

use aws_sdk_dynamodb::types::AttributeValue;
use end_to_end::{Caller, Socket, Stack};
use serde_json::json;
use time::OffsetDateTime;

/// Frames at once, and how much one is charged for at the default rate of ten a second.
const BURST: i64 = 120;
const INTERVAL_MS: i64 = 100;

#[tokio::test]
async fn a_flood_is_refused_frame_by_frame_and_then_cut_off() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let (mut flooding, mut other) = (caller.socket().await, caller.socket().await);
    // Sending faster than ten a second takes long on a busy machine: the meter is set instead, to
    // where four bursts bring it. Both connections are the caller's, so the first row may be either.
    set_meters(&stack, &caller, BURST * INTERVAL_MS + 60_000).await;
    for socket in [&mut flooding, &mut other] {
        let refused = socket.ask(&json!({"action": "ping"})).await;
        assert_eq!(
            (&refused["type"], &refused["code"]),
            (&json!("error"), &json!("too_many_frames"))
        );
        let refused = socket
            .ask(&json!({"action": "subscribe", "tag": "any"}))
            .await;
        assert_eq!(refused["code"], "too_many_frames", "no frame has an effect");
    }
    set_meters(&stack, &caller, 4 * BURST * INTERVAL_MS - 2_000).await;
    flood(&mut flooding).await;
    flooding.closed().await;
    set_meters(&stack, &caller, 0).await;
    assert_eq!(other.ask(&json!({"action": "ping"})).await["type"], "pong");
}

/// Many frames at once, until the server has had enough.
async fn flood(socket: &mut Socket) {
    for _ in 0..200 {
        if !socket.try_send(r#"{"action":"ping"}"#).await {
            return;
        }
    }
}

/// Sets the meters of the caller's connections so far ahead of the clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the stack under test goes by the real time"
)]
async fn set_meters(stack: &Stack, caller: &Caller, ahead_ms: i64) {
    let table = Stack::variable("CONNECTIONS_TABLE");
    let scan = stack
        .tables()
        .scan()
        .table_name(&table)
        .consistent_read(true);
    let items = scan
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>();
    let now = OffsetDateTime::now_utc().unix_timestamp() * 1_000;
    for mut item in items.await.expect("the table answers") {
        let tenant = AttributeValue::S(caller.tenant.clone());
        if item.get("tenant") != Some(&tenant) {
            continue;
        }
        item.retain(|name, _| ["topic", "connection_id"].contains(&name.as_str()));
        let until = AttributeValue::N((now + ahead_ms).to_string());
        let update = stack
            .tables()
            .update_item()
            .table_name(&table)
            .set_key(Some(item));
        update
            .update_expression("SET frames_until = :until")
            .expression_attribute_values(":until", until)
            .send()
            .await
            .expect("set");
    }
}

#[tokio::test]
async fn every_kind_of_bad_frame_has_its_code_and_the_connection_lives_on() {
    let caller = Stack::running().await.new_tenant().await;
    let mut socket = caller.socket().await;
    let many: serde_json::Map<_, _> = (0..101).map(|n| (n.to_string(), json!(0))).collect();
    for (frame, code) in [
        (json!({"action": "subscribe"}), "invalid_frame"),
        (json!({"action": "subscribe", "tag": ""}), "invalid_frame"),
        (
            json!({"action": "subscribe", "tag": "a", "stream": "operators"}),
            "invalid_frame",
        ),
        (
            json!({"action": "subscribe", "stream": "all"}),
            "invalid_frame",
        ),
        (
            json!({"action": "resume", "tasks": {"a": 1}}),
            "invalid_frame",
        ),
        (json!({"action": "resume", "tasks": many}), "too_many_tasks"),
        (json!({"action": "ping", "v": 2}), "unsupported_version"),
        (json!({"type": "ping"}), "invalid_frame"),
        (json!({"action": "$disconnect"}), "unknown_action"),
    ] {
        let answer = socket.ask(&frame).await;
        assert_eq!(
            (&answer["type"], &answer["code"]),
            (&json!("error"), &json!(code)),
            "{frame}"
        );
    }
    assert_eq!(socket.ask(&json!({"action": "ping"})).await["type"], "pong");
}
