//! Who hears of what.

use std::time::Duration;

use end_to_end::{Socket, Stack, fresh};
use serde_json::{Value, json};
use tokio::time::Instant;

/// Long enough for a frame that should not come.
const A_WHILE: Duration = Duration::from_secs(2);

/// A task with this tag that has ended.
async fn ended(caller: &end_to_end::Caller, tag: &str) -> String {
    let body = json!({"kind": "aggregate", "input": {"window": "all"}, "tags": [tag]});
    let answer = caller.post("/tasks", &body).await.expect(202);
    let id = answer["request_id"]
        .as_str()
        .expect("a request_id")
        .to_owned();
    caller.ended(&id).await;
    id
}

async fn quiet(socket: &mut Socket) {
    let frame = socket.frame_before(Instant::now() + A_WHILE).await;
    assert_eq!(frame, None);
}

#[tokio::test]
async fn a_colleague_follows_a_tag_until_unsubscribing() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let mut colleague = stack.new_user(&caller.tenant, &[]).await.socket().await;
    let mut stranger = stack.new_tenant().await.socket().await;
    let tag = fresh();
    let subscribe = json!({"action": "subscribe", "tag": tag});
    let answer = json!({"type": "subscribed", "tag": tag});
    for socket in [&mut colleague, &mut stranger] {
        assert_eq!(socket.ask(&subscribe).await, answer);
    }
    let id = ended(&caller, &tag).await;
    assert_eq!(
        colleague.updates_of(&id).await.last().expect("one")["status"],
        "completed"
    );
    let answer = colleague
        .ask(&json!({"action": "unsubscribe", "tag": tag}))
        .await;
    assert_eq!(answer, json!({"type": "unsubscribed", "tag": tag}));
    ended(&caller, &tag).await;
    quiet(&mut colleague).await;
    quiet(&mut stranger).await;
}

#[tokio::test]
async fn a_task_is_followed_within_its_tenant_only() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let id = ended(&caller, "any").await;
    let task = caller.get(&format!("/tasks/{id}")).await.expect(200);
    let subscribe = json!({"action": "subscribe", "request_id": id});
    let mut colleague = stack.new_user(&caller.tenant, &[]).await.socket().await;
    let answer = colleague.ask(&subscribe).await;
    let expected = json!({"type": "subscribed", "request_id": id, "version": task["version"]});
    assert_eq!(answer, expected);
    let mut stranger = stack.new_tenant().await.socket().await;
    assert_eq!(stranger.ask(&subscribe).await["code"], "task_not_found");
}

#[tokio::test]
async fn the_operators_stream_is_for_operators() {
    let stack = Stack::running().await;
    let subscribe = json!({"action": "subscribe", "stream": "operators"});
    let tenant = format!("t-{}", fresh());
    let mut user = stack.new_user(&tenant, &[]).await.socket().await;
    assert_eq!(user.ask(&subscribe).await["code"], "forbidden");
    let mut operator = stack.new_user(&tenant, &["operator"]).await.socket().await;
    let answer = operator.ask(&subscribe).await;
    assert_eq!(answer, json!({"type": "subscribed", "stream": "operators"}));

    let victim = stack.new_tenant().await;
    let id = fail(&stack, &victim).await;
    loop {
        let frame = operator.frame().await;
        if frame["request_id"] == id.as_str() {
            assert_eq!(
                (&frame["stream"], &frame["status"]),
                (&json!("operators"), &json!("failed"))
            );
            assert_eq!(frame["tenant"], victim.tenant.as_str());
            assert!(frame["error"]["code"].is_string(), "{frame}");
            break;
        }
    }
    quiet(&mut user).await;
}

/// The failure of a task, told to the pusher as a worker would.
async fn fail(stack: &Stack, victim: &end_to_end::Caller) -> String {
    let id = ended(victim, "any").await;
    let body = json!({
        "v": 1, "tenant": victim.tenant, "owner": "somebody", "request_id": id,
        "kind": "aggregate", "version": 9, "status": "failed", "phase": null, "progress": null,
        "attempt": 1, "error": {"code": "broken", "message": "it broke"}, "retryable": false,
        "at": "2026-03-01T12:00:04Z",
    });
    let send = stack.queues().send_message();
    let send = send.queue_url(updates_queue(stack).await);
    send.message_body(body.to_string())
        .send()
        .await
        .expect("sent");
    id
}

/// The updates queue is not among the settings for scripts.
async fn updates_queue(stack: &Stack) -> String {
    let tasks = Stack::variable("TASK_QUEUE_URL");
    let name = tasks.rsplit('/').next().expect("a name");
    let prefix = name.split("TaskQueue").next().expect("a stack");
    let list = stack.queues().list_queues();
    let urls = list
        .send()
        .await
        .expect("listed")
        .queue_urls
        .unwrap_or_default();
    let found = urls.into_iter().find(|url| {
        url.rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with(prefix) && name.contains("UpdatesQueue"))
    });
    found.expect("the updates queue")
}

#[tokio::test]
async fn a_connection_has_a_hundred_topics_and_leaves_no_row() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let mut socket = caller.socket().await;
    for n in 1..100 {
        let answer = socket
            .ask(&json!({"action": "subscribe", "tag": n.to_string()}))
            .await;
        assert_eq!(answer["type"], "subscribed", "{n}: {answer}");
    }
    let answer = socket
        .ask(&json!({"action": "subscribe", "tag": "more"}))
        .await;
    assert_eq!(answer["code"], "too_many_topics");
    assert_eq!(rows(&stack, &caller.tenant).await, 102);
    socket.close().await;
    for _ in 0..100 {
        if rows(&stack, &caller.tenant).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("rows are left behind");
}

/// The rows of the connections table that name the tenant. A test may scan; the product never does.
async fn rows(stack: &Stack, tenant: &str) -> usize {
    let scan = stack.tables().scan();
    let scan = scan
        .table_name(Stack::variable("CONNECTIONS_TABLE"))
        .consistent_read(true);
    let items = scan
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>();
    let items = items.await.expect("the table answers");
    let names = |item: &&std::collections::HashMap<String, _>| format!("{item:?}").contains(tenant);
    items.iter().filter(names).count()
}

#[tokio::test]
async fn what_was_missed_comes_and_then_resumed() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let id = ended(&caller, "any").await;
    let task = caller.get(&format!("/tasks/{id}")).await.expect(200);
    let last = task["version"].as_u64().expect("a version");
    let mut colleague = stack.new_user(&caller.tenant, &[]).await.socket().await;
    let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    let tasks = json!({id.as_str(): 1, unknown: 3});
    colleague
        .send(&json!({"action": "resume", "tasks": tasks}).to_string())
        .await;
    for version in 2..=last {
        assert_eq!(colleague.frame().await["version"], version);
    }
    let expected: Value = json!({"type": "resumed", "recovered": false, "tasks": {
        id.as_str(): {"version": last, "recovered": true},
        unknown: {"version": 0, "recovered": false},
    }});
    assert_eq!(colleague.frame().await, expected);
}
