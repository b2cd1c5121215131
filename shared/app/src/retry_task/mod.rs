//! Runs a task again that ended without a result.

mod again;

pub(crate) use again::QueueAgain;

use domain::ports::PortError;
use domain::task::Status;
use domain::{RequestId, Task, TenantId, causes};
use time::OffsetDateTime;

use crate::announce::Announcer;
use crate::pause_check::Paused;
use crate::submit_task::SubmitTask;

/// How a task may have ended that its tenant can have run again.
const ENDS: [Status; 3] = [Status::Failed, Status::TimedOut, Status::Cancelled];

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
        "the task is {}; only one that failed, was cancelled or timed out can be retried",
        .0.status().name()
    )]
    NotRetriable(Box<Task>),
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
        let again = QueueAgain {
            tasks: self.submit_task.tasks.as_ref(),
            pauses: self.submit_task.pauses.as_ref(),
            compute: &self.submit_task.compute,
            now: self.submit_task.clock.now(),
        };
        let task = again.run(tenant, id, &ENDS).await?;
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
}

#[cfg(test)]
mod tests;
