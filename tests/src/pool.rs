//! A pool's process.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::binary::binary;

/// A running pool; it is killed when this is dropped.
pub struct Pool(Child);

impl Pool {
    /// Starts the binary of this workspace with this environment and no other.
    pub fn start(env: &[(String, String)]) -> Self {
        let mut command = Command::new(binary("pool"));
        command
            .env_clear()
            .envs(env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        Self(command.spawn().expect("the pool starts"))
    }

    /// Asks it to end, by SIGTERM.
    pub async fn terminate(&self) {
        let id = self.0.id().expect("it runs").to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(sent.expect("kill is there").success(), "{id} is there");
    }

    /// Ends it by SIGKILL.
    pub async fn kill9(&mut self) {
        self.0.kill().await.expect("it is killed");
    }

    /// How it ended, if it does within this time.
    pub async fn ended(&mut self, patience: Duration) -> Option<ExitStatus> {
        let ended = timeout(patience, self.0.wait()).await.ok()?;
        Some(ended.expect("it can be waited for"))
    }
}
