//! What the process does with settings that are not as they must be.

use std::process::Command;

#[test]
fn every_wrong_setting_is_named_and_none_is_shown() {
    let run = Command::new(env!("CARGO_BIN_EXE_websocket"))
        .env_clear()
        .env("UPDATES_QUEUE_URL", "wss://user:secret@queue")
        .env("FRAMES_PER_SECOND", "0")
        .env("FRAME_BURST", "many")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(64));
    let lines = String::from_utf8(run.stderr).unwrap();
    let expected = [
        "CONNECTIONS_TABLE is not set",
        "TASKS_TABLE is not set",
        "TICKETS_TABLE is not set",
        "UPDATES_QUEUE_URL must start with https:// or http://",
        "FRAMES_PER_SECOND must be a number from 1 to 1000",
        "FRAME_BURST must be a number from 1 to 10000",
    ];
    assert!(lines.lines().eq(expected), "{lines}");
}
