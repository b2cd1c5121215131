//! What the process does with settings that are not as they must be.

use std::process::Command;

#[test]
fn every_wrong_setting_is_named_and_none_is_shown() {
    let run = Command::new(env!("CARGO_BIN_EXE_sweeper"))
        .env_clear()
        .env("TASK_QUEUE_URL", "wss://user:secret@queue")
        .env("LOG_LEVEL", "loud")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(64));
    let lines = String::from_utf8(run.stderr).unwrap();
    let expected = [
        "LOG_LEVEL must be one of info, error, warn, debug, trace",
        "MONGODB_URI is not set",
        "TASKS_TABLE is not set",
        "CONNECTIONS_TABLE is not set",
        "LANES_TABLE is not set",
        "TICKETS_TABLE is not set",
        "IDEMPOTENCY_TABLE is not set",
        "TASK_QUEUE_URL must start with https:// or http://",
        "URGENT_TASK_QUEUE_URL is not set",
        "UPDATES_QUEUE_URL is not set",
        "CALLBACKS_QUEUE_URL is not set",
        "TASK_DLQ_URL is not set",
        "UPDATES_DLQ_URL is not set",
        "CALLBACKS_DLQ_URL is not set",
        "POOL_TABLE is not set",
        "EVENT_SOURCE is not set",
        "URGENT_EVENT_SOURCE is not set",
    ];
    assert!(lines.lines().eq(expected), "{lines}");
}
