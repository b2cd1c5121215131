//! What the process does with settings that are not as they must be.

use std::process::Command;

#[test]
fn every_wrong_setting_is_named_and_none_is_shown() {
    let run = Command::new(env!("CARGO_BIN_EXE_overflow"))
        .env_clear()
        .env("TASK_QUEUE_URL", "wss://user:secret@queue")
        .env("OVERFLOW_AFTER_SECONDS", "0")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(64));
    let lines = String::from_utf8(run.stderr).unwrap();
    let expected = [
        "POOL_TABLE is not set",
        "TASK_QUEUE_URL must start with https:// or http://",
        "URGENT_TASK_QUEUE_URL is not set",
        "EVENT_SOURCE is not set",
        "URGENT_EVENT_SOURCE is not set",
        "OVERFLOW_AFTER_SECONDS must be a number from 1 to 3600",
    ];
    assert!(lines.lines().eq(expected), "{lines}");
}
