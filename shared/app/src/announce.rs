//! Tells whoever listens what has become of a task, after it is written: the one way, whoever
//! changed it.

use std::time::Duration;

use domain::ports::{Announcement, PortError, UpdateQueue};
use domain::{Task, causes};
use tokio::time::timeout;

/// How long work, or a caller, waits for the announcement of a change.
const PATIENCE: Duration = Duration::from_secs(1);

/// Announces the task's newest version.
pub(crate) async fn announce(updates: &dyn UpdateQueue, task: &Task) -> Result<(), PortError> {
    let Some(update) = task.latest() else {
        return Ok(());
    };
    let announcement = Announcement {
        tenant: task.tenant.clone(),
        owner: task.owner.clone(),
        request_id: task.request_id,
        kind: task.kind.clone(),
        tags: task.tags.clone(),
        update: update.clone(),
        result: task.state.result().cloned(),
        trace: task.trace,
    };
    updates.send(&announcement).await
}

/// Announces it where that takes no time. An outage of the push side holds up neither work nor
/// caller: whoever misses an update finds it in the history.
pub(crate) async fn tell(updates: &dyn UpdateQueue, task: &Task) {
    match timeout(PATIENCE, announce(updates, task)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(error = causes(&error), "an update was not announced");
        }
        Err(_) => tracing::warn!("an update was not announced in time"),
    }
}
