//! Notices that a running task has been called off, though its kind writes nothing.

use std::time::Duration;

use domain::{LeaseToken, Task, causes};
use tokio::time::{sleep, timeout};

use super::RunTask;
use super::change::Stop;

/// How often to look, so that a cancelled task stops within two seconds. A task of less than a
/// second is never looked at.
const LOOK: Duration = Duration::from_secs(1);

impl RunTask {
    /// Looks at the stored task for as long as it is polled. Ends only when the task is not ours.
    ///
    /// A look that fails means nothing: losing the lease is the heartbeat's to find out.
    pub(super) async fn watch(&self, task: &Task, token: LeaseToken) -> Stop {
        loop {
            sleep(LOOK).await;
            let look = self.watch.holder(&task.tenant, task.request_id);
            match timeout(LOOK, look).await {
                Ok(Ok(Some(holder))) if holder == token => {}
                Ok(Ok(_)) => return Stop::Lost,
                Ok(Err(error)) => {
                    tracing::warn!(error = causes(&error), "the task was not looked at");
                }
                Err(_) => tracing::warn!("the task was not looked at in time"),
            }
        }
    }
}
