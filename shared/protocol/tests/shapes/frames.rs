//! Frames of the WebSocket.

use std::collections::BTreeMap;

use insta::assert_json_snapshot;
use protocol::frames::{ServerFrame, Stream, TopicName, UpdateFrame};
use protocol::task::Status;
use serde_json::json;

use super::scene::{AT, ID, RESUMED, error, system};

fn frame() -> UpdateFrame {
    UpdateFrame {
        stream: None,
        tenant: None,
        request_id: ID.into(),
        kind: "aggregate".into(),
        status: Status::Completed,
        version: 4,
        phase: None,
        progress: None,
        attempt: 1,
        tags: vec![],
        result: Some(json!({"rows": []})),
        result_url: None,
        error: None,
        at: AT,
    }
}

#[test]
fn server_frames() {
    assert_json_snapshot!("frame_update", ServerFrame::Update(Box::new(frame())));
    let failed = UpdateFrame {
        status: Status::Failed,
        result: None,
        error: Some(error()),
        ..frame()
    };
    let copy = UpdateFrame {
        stream: Some(Stream::Operators),
        tenant: Some("acme".into()),
        ..failed.clone()
    };
    assert_json_snapshot!("frame_failed", ServerFrame::Update(Box::new(failed)));
    assert_json_snapshot!("frame_for_operators", ServerFrame::Update(Box::new(copy)));
    assert_json_snapshot!("frame_pong", ServerFrame::Pong { at: AT });
    let error = ServerFrame::Error {
        code: "not_json".into(),
        message: "the frame is not JSON".into(),
    };
    assert_json_snapshot!("frame_error", error);
    let broadcast = ServerFrame::Broadcast {
        id: ID.into(),
        message: json!({"text": "Maintenance at 22:00 UTC."}),
        at: AT,
    };
    assert_json_snapshot!("frame_broadcast", broadcast);
    let bye = ServerFrame::Bye {
        reason: "deploy".into(),
        reconnect_in_ms: 60_000,
    };
    assert_json_snapshot!("frame_bye", bye);
    let logs = ServerFrame::Logs {
        level: "*".into(),
        lines: vec![json!({"id": "1", "type": "log", "message": "hello"})],
        left_out: 3,
    };
    assert_json_snapshot!("frame_logs", logs);
    assert_json_snapshot!("frame_system", ServerFrame::System(Box::new(system())));
}

#[test]
fn answers_to_client_frames() {
    let subscribed = ServerFrame::Subscribed {
        topic: TopicName::Task(ID.into()),
        version: Some(3),
    };
    assert_json_snapshot!("frame_subscribed", subscribed);
    let unsubscribed = ServerFrame::Unsubscribed {
        topic: TopicName::Stream(Stream::Operators),
    };
    assert_json_snapshot!("frame_unsubscribed", unsubscribed);
    let resumed = ServerFrame::Resumed {
        recovered: false,
        tasks: BTreeMap::from([(ID.into(), RESUMED)]),
    };
    assert_json_snapshot!("frame_resumed", resumed);
}
