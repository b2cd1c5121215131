//! What the process does with settings that are not as they must be.

use std::process::Command;

#[test]
fn every_wrong_setting_is_named_and_none_is_shown() {
    let run = Command::new(env!("CARGO_BIN_EXE_canary"))
        .env_clear()
        .env("HTTP_URL", "wss://user:secret@api")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(64));
    let lines = String::from_utf8(run.stderr).unwrap();
    let expected = [
        "CANARY_SECRET is not set",
        "HTTP_URL must start with https:// or http://",
        "SIGN_IN_URL is not set",
        "USER_POOL_CLIENT_ID is not set",
    ];
    assert!(lines.lines().eq(expected), "{lines}");
}
