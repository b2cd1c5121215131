//! The program `ops` on a running stack.

mod check;
mod costs;
mod dead_letters;
mod replays;
mod tasks;

use std::process::Command;

use end_to_end::binary;
use serde_json::Value;

/// Runs the program, as this user where one is named, and gives its exit code and what it printed.
async fn ops(login: Option<(String, String)>, arguments: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(binary("ops"));
    command
        .arg("--json")
        .args(arguments)
        .env_remove("ADOLOGY_TOKEN");
    if let Some((name, password)) = login {
        command
            .env("ADOLOGY_USERNAME", name)
            .env("ADOLOGY_PASSWORD", password);
    }
    let ended = tokio::task::spawn_blocking(move || command.output().expect("ops ends"));
    let output = ended.await.expect("it ran");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let printed = serde_json::from_slice(&output.stdout);
    // What is refused is told on the standard error.
    let printed = printed.unwrap_or_else(|_| Value::from(said));
    (output.status.code(), printed)
}
