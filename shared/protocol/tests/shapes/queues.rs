//! Messages of the queues, and webhooks.

use std::collections::BTreeMap;

use insta::assert_json_snapshot;
use protocol::queue::{
    Ask, BroadcastMessage, CallbackMessage, HangUpMessage, PostMessage, QueuedAddressees,
    QueuedBroadcast, QueuedFeed, QueuedNotice, QueuedResult, ReplayMessage, TaskMessage,
    UpdateMessage, VERSION,
};
use protocol::task::Status;
use protocol::webhook::{WebhookBody, WebhookTask, WebhookType};
use serde_json::json;

use super::scene::{AT, ID, RESUMED, TRACE, error};

#[test]
fn parts_of_broadcasts() {
    let message = |notice, to| BroadcastMessage {
        v: VERSION,
        ask: Ask::Broadcast,
        broadcast: QueuedBroadcast {
            id: ID.into(),
            tenant: Some("acme".into()),
            at: AT,
            notice,
        },
        to,
        trace: Some(TRACE.into()),
    };
    let text = QueuedNotice::Message {
        message: json!("hello"),
    };
    let shard = QueuedAddressees::Shard {
        number: 3,
        after: Some("JKJaXdF_vHcCJEw=".into()),
    };
    assert_json_snapshot!("queued_broadcast", message(text, shard));
    let bye = QueuedNotice::Reconnect {
        reason: "deploy".into(),
        within_ms: 60_000,
    };
    let named = QueuedAddressees::Named {
        ids: vec!["JKJaXdF_vHcCJEw=".into()],
        round: 1,
    };
    assert_json_snapshot!("queued_broadcast_again", message(bye, named));
}

#[test]
fn requests_to_the_pusher() {
    let replay = ReplayMessage {
        v: VERSION,
        ask: Ask::Replay,
        tenant: "acme".into(),
        connection_id: "JKJaXdF_vHcCJEw=".into(),
        tasks: BTreeMap::from([(ID.into(), 2)]),
        done: BTreeMap::from([(ID.into(), RESUMED)]),
    };
    assert_json_snapshot!("queued_replay", replay);
    let hang_up = HangUpMessage {
        v: VERSION,
        ask: Ask::HangUp,
        connection_id: "JKJaXdF_vHcCJEw=".into(),
    };
    assert_json_snapshot!("queued_hang_up", hang_up);
    let post = PostMessage {
        v: VERSION,
        ask: Ask::Post,
        feed: QueuedFeed::Logs {
            tenant: "acme".into(),
            level: "error".into(),
        },
        text: r#"{"type":"logs"}"#.into(),
    };
    assert_json_snapshot!("queued_post", post);
    let for_operators = PostMessage {
        feed: QueuedFeed::Operators,
        ..post
    };
    assert_json_snapshot!("queued_post_to_operators", for_operators);
}

#[test]
fn queue_messages() {
    let task = TaskMessage {
        v: VERSION,
        tenant: "acme".into(),
        request_id: ID.into(),
        trace: Some(TRACE.into()),
        run_at: None,
    };
    assert_json_snapshot!("queued_task", task);
    let later = TaskMessage {
        run_at: Some(AT),
        ..task
    };
    assert_json_snapshot!("queued_task_for_later", later);
    let update = UpdateMessage {
        v: VERSION,
        trace: None,
        tenant: "acme".into(),
        owner: "u1".into(),
        request_id: ID.into(),
        kind: "aggregate".into(),
        tags: vec!["nightly".into()],
        version: 4,
        status: Status::Completed,
        phase: None,
        progress: None,
        attempt: 1,
        error: Some(error()),
        retryable: true,
        at: AT,
        result: Some(QueuedResult::Stored {
            key: "acme/results/1.json".into(),
            bytes: 40_000,
        }),
    };
    assert_json_snapshot!("queued_update", update);
}

#[test]
fn callbacks() {
    let queued = CallbackMessage {
        v: VERSION,
        tenant: "acme".into(),
        request_id: ID.into(),
        version: 3,
        trace: Some(TRACE.into()),
    };
    assert_json_snapshot!("queued_callback", queued);
    let failed = WebhookBody {
        kind: WebhookType::Failed,
        timestamp: AT,
        data: WebhookTask {
            request_id: ID.into(),
            kind: "aggregate".into(),
            status: Status::Failed,
            version: 3,
            tags: vec!["nightly".into()],
            result: None,
            result_url: None,
            error: Some(error()),
        },
    };
    let completed = WebhookBody {
        kind: WebhookType::Completed,
        data: WebhookTask {
            status: Status::Completed,
            result: Some(json!({"rows": []})),
            error: None,
            ..failed.data.clone()
        },
        ..failed.clone()
    };
    assert_json_snapshot!("webhook_failed", failed);
    assert_json_snapshot!("webhook_completed", completed);
}
