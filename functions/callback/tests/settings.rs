//! What the process does with settings that are not as they must be.

use std::process::Command;

#[test]
fn every_wrong_setting_is_named_and_none_is_shown() {
    let run = Command::new(env!("CARGO_BIN_EXE_callback"))
        .env_clear()
        .env("CALLBACKS_QUEUE_URL", "sqs://user:secret@queue")
        .env("CALLBACK_ALLOW", "everything")
        .env("LOG_LEVEL", "loud")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(64));
    let lines = String::from_utf8(run.stderr).unwrap();
    let expected = [
        "LOG_LEVEL must be one of info, error, warn, debug, trace",
        "TASKS_TABLE is not set",
        "RESULTS_BUCKET is not set",
        "CALLBACKS_QUEUE_URL must start with https:// or http://",
        "CALLBACKS_DLQ_URL is not set",
        "WEBHOOK_ROOT_SECRET is not set",
        "CALLBACK_ALLOW must list exceptions, separated by commas: http, any port, port 8443, a network such as 10.1.0.0/16",
    ];
    assert!(lines.lines().eq(expected), "{lines}");
}
