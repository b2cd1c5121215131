//! Calls a task off.

use std::sync::Arc;

use domain::ports::{Clock, PortError, TaskStore};
use domain::task::Status;
use domain::{RequestId, Task, TenantId};

use crate::Compute;
use crate::announce_change::AnnounceChange;
use crate::change_task::{Unchanged, change_task};

/// Calls a task of a tenant off, queued or running.
#[derive(Clone)]
pub struct CancelTask {
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// The way to whoever listens.
    pub announce: AnnounceChange,
    /// What the time of this function costs.
    pub compute: Compute,
    /// When it is called off.
    pub clock: Arc<dyn Clock>,
}

/// Why the task is not called off.
#[derive(Debug, thiserror::Error)]
pub enum CancelTaskError {
    /// The tenant has no such task. Another tenant's task looks the same as none.
    #[error("there is no task {0}")]
    NotFound(RequestId),
    /// It has ended by itself.
    #[error("the task has ended already: it is {}", .0.name())]
    Ended(Status),
    /// The store did not answer, or others kept changing the task.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl CancelTask {
    /// The cancelled task. One that was cancelled before stays as it is and is announced again,
    /// so that repeating the call mends whatever went wrong after the write.
    ///
    /// The worker that runs it finds out by itself, and its later writes are refused. The message
    /// of a queued one meets a task that has ended, and only repeats the announcement.
    pub async fn run(&self, tenant: &TenantId, id: RequestId) -> Result<Task, CancelTaskError> {
        let now = self.clock.now();
        let changed = change_task(self.tasks.as_ref(), tenant, id, &self.compute, |task| {
            task.cancel(now)
        });
        let task = match changed.await {
            Ok(task) => task,
            Err(Unchanged::Refused(task)) if task.status() == Status::Cancelled => *task,
            Err(Unchanged::Refused(task)) => return Err(CancelTaskError::Ended(task.status())),
            Err(Unchanged::Missing) => return Err(CancelTaskError::NotFound(id)),
            Err(Unchanged::Store(error)) => return Err(error.into()),
        };
        tracing::info!(task.id = %id, task.kind, "cancelled");
        self.announce.run(&task).await?;
        Ok(task)
    }
}

#[cfg(test)]
mod tests;
