//! What the process does with settings that are not as they must be.

use std::process::Command;

#[test]
fn every_wrong_setting_is_named_and_none_is_shown() {
    let run = Command::new(env!("CARGO_BIN_EXE_pool"))
        .env_clear()
        .env("TASK_QUEUE_URL", "sqs://user:secret@queue")
        .env("POOL_CONCURRENCY", "0")
        .env("POOL_HEALTH_INTERFACE", "some")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(64));
    let lines = String::from_utf8(run.stderr).unwrap();
    let expected = [
        "DATABASE_URL is not set",
        "MONGODB_URI is not set",
        "TASKS_TABLE is not set",
        "LANES_TABLE is not set",
        "RESULTS_BUCKET is not set",
        "UPLOADS_BUCKET is not set",
        "TASK_QUEUE_URL must start with https:// or http://",
        "URGENT_TASK_QUEUE_URL is not set",
        "TASK_DLQ_URL is not set",
        "UPDATES_QUEUE_URL is not set",
        "CALLBACKS_QUEUE_URL is not set",
        "POOL_TABLE is not set",
        "POOL_CONCURRENCY must be a number from 1 to 1000",
        "POOL_HEALTH_INTERFACE must be one of loopback, all",
    ];
    assert!(lines.lines().eq(expected), "{lines}");
}
