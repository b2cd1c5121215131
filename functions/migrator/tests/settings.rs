//! What the process does with settings that are not as they must be.

use std::process::Command;

#[test]
fn every_wrong_setting_is_named_and_none_is_shown() {
    let run = Command::new(env!("CARGO_BIN_EXE_migrator"))
        .env_clear()
        .env("MONGODB_URI", "https://user:secret@host")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(64));
    let lines = String::from_utf8(run.stderr).unwrap();
    let expected = [
        "DATABASE_URL is not set",
        "MONGODB_URI must start with mongodb:// or mongodb+srv://",
    ];
    assert!(lines.lines().eq(expected), "{lines}");
}
