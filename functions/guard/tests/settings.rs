//! What the process does with settings that are not as they must be.

use std::process::Command;

#[test]
fn every_wrong_setting_is_named_and_none_is_shown() {
    let run = Command::new(env!("CARGO_BIN_EXE_guard"))
        .env_clear()
        .env("SPEND_GUARD_PAUSES", "kind:analyze,everything")
        .env("SPEND_GUARD_HOURS", "0")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(64));
    let lines = String::from_utf8(run.stderr).unwrap();
    let expected = [
        "PAUSES_TABLE is not set",
        "SPEND_GUARD_PAUSES must be all, kind:<name> or tenant:<name>",
        "SPEND_GUARD_HOURS must be a number from 1 to 744",
    ];
    assert!(lines.lines().eq(expected), "{lines}");
}
