//! Tells whoever listens, and whoever is to be called back, what has become of a task, after it is
//! written: the one way, whoever changed it.

use std::sync::Arc;
use std::time::Duration;

use domain::ports::{Announcement, CallbackQueue, PortError, UpdateQueue};
use domain::{Callback, Task, causes};
use tokio::time::timeout;

/// How long work, or a caller, waits for the announcement of a change.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// Tells what has become of tasks.
#[derive(Clone)]
pub struct Announcer {
    /// The way to whoever listens.
    pub updates: Arc<dyn UpdateQueue>,
    /// The way to whoever is to be told of the end.
    pub callbacks: Arc<dyn CallbackQueue>,
}

impl Announcer {
    /// Announces the task's newest version, and its end to its submitter where that is wanted.
    /// Neither way waits for the other.
    pub(crate) async fn announce(&self, task: &Task) -> Result<(), PortError> {
        let (updated, called_back) = tokio::join!(self.update(task), self.call_back(task));
        updated.and(called_back)
    }

    /// Announces it where that takes no time. An outage of the push side holds up neither work nor
    /// caller: whoever misses an update finds it in the history.
    pub(crate) async fn tell(&self, task: &Task) {
        if let Err(error) = self.announce_soon(task).await {
            tracing::warn!(error = causes(&error), "an update was not announced");
        }
    }

    /// Announces it, or says after a moment why not. It may have been announced all the same.
    pub(crate) async fn announce_soon(&self, task: &Task) -> Result<(), PortError> {
        let announced = timeout(PATIENCE, self.announce(task)).await;
        announced.unwrap_or_else(|late| Err(PortError::unavailable("updates queue", late)))
    }

    async fn update(&self, task: &Task) -> Result<(), PortError> {
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
        self.updates.send(&announcement).await
    }

    async fn call_back(&self, task: &Task) -> Result<(), PortError> {
        match Callback::due(task) {
            Some(callback) => self.callbacks.send(&callback).await,
            None => Ok(()),
        }
    }
}
