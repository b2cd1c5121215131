//! Runs a task again that ended without a result.

use domain::ports::PortError;
use domain::task::Status;
use domain::{RequestId, Task, TenantId, causes};
use time::OffsetDateTime;

use crate::announce::Announcer;
use crate::change_task::{Unchanged, change_task};
use crate::pause_check::Paused;
use crate::submit_task::SubmitTask;

/// Queues a task of a tenant again: the same task, a new attempt.
#[derive(Clone)]
pub struct RetryTask {
    /// Knows where tasks are and how workers are asked.
    pub submit_task: SubmitTask,
    /// The way to whoever listens.
    pub announcer: Announcer,
}

/// Why the task is not run again.
#[derive(Debug, thiserror::Error)]
pub enum RetryTaskError {
    /// The tenant has no such task. Another tenant's task looks the same as none.
    #[error("there is no task {0}")]
    NotFound(RequestId),
    /// It goes on, or it has its result.
    #[error(
        "the task is {}; only one that failed, was cancelled or timed out can be retried", .0.name()
    )]
    NotRetriable(Status),
    /// It would time out at once.
    #[error("the task's deadline, {0}, has passed; submit it again with a later one")]
    Overdue(OffsetDateTime),
    /// Tasks of its kind or tenant are not taken on for a while. It stays as it is.
    #[error(transparent)]
    Paused(#[from] Box<Paused>),
    /// The store did not answer, or others kept changing the task.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl RetryTask {
    /// The task, queued again.
    ///
    /// Where no worker can be asked it stays queued all the same: the sweep finds it within
    /// minutes and asks then. So a caller never repeats this call, which would be refused.
    pub async fn run(&self, tenant: &TenantId, id: RequestId) -> Result<Task, RetryTaskError> {
        let task = self.queue_again(tenant, id).await?;
        tracing::info!(task.id = %id, task.kind, "to be run again");
        let (sent, ()) = tokio::join!(self.send(&task), self.announcer.tell(&task));
        if let Err(error) = sent {
            tracing::warn!(
                task.id = %id,
                error = causes(&error),
                "a task to be run again waits for the sweep"
            );
        }
        Ok(task)
    }

    /// A task that is still to run later is left to the sweep, as after its submission.
    async fn send(&self, task: &Task) -> Result<(), PortError> {
        if task.is_sent_at_once(self.submit_task.clock.now()) {
            self.submit_task.send(task).await
        } else {
            Ok(())
        }
    }

    async fn queue_again(&self, tenant: &TenantId, id: RequestId) -> Result<Task, RetryTaskError> {
        let now = self.submit_task.clock.now();
        let stored = self.submit_task.tasks.load(tenant, id).await?;
        let mut stored = stored.ok_or(RetryTaskError::NotFound(id))?;
        // A deadline never changes, so what holds now holds below.
        let overdue = stored.terms.is_overdue(now) && stored.retry(now).is_ok();
        if let Some(deadline) = stored.terms.deadline.filter(|_| overdue) {
            return Err(RetryTaskError::Overdue(deadline));
        }
        if stored.retry(now).is_ok() {
            self.submit_task.check_pauses(tenant, &stored.kind).await?;
        }
        let tasks = self.submit_task.tasks.as_ref();
        let compute = &self.submit_task.compute;
        let changed = change_task(tasks, tenant, id, compute, |task| task.retry(now)).await;
        changed.map_err(|unchanged| match unchanged {
            Unchanged::Missing => RetryTaskError::NotFound(id),
            Unchanged::Refused(task) => RetryTaskError::NotRetriable(task.status()),
            Unchanged::Store(error) => error.into(),
        })
    }
}

#[cfg(test)]
mod tests;
