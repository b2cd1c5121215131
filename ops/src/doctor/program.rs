//! Runs other programs to hear what they say.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// Whoever only has to tell a version or a number does so at once; the first start of a large one may take a while.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a program prints, if it is there and ends well.
pub(super) async fn says(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(said)
}
