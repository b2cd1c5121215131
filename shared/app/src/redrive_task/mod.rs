//! Sends a task on its way again whose message is a dead letter.

use std::sync::Arc;

use domain::ports::{Clock, Job, PortError, TaskQueue, TaskStore};
use domain::task::Status;
use domain::{RequestId, Task, TenantId};
use time::OffsetDateTime;

use crate::Compute;
use crate::announce::Announcer;
use crate::change_task::{Unchanged, change_task};

/// Sends tasks on their way again.
#[derive(Clone)]
pub struct RedriveTask {
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// The way to the workers. Places in lanes are no matter here: a worker runs only a task that
    /// has one, and takes it then.
    pub queue: Arc<dyn TaskQueue>,
    /// The way to whoever listens.
    pub announcer: Announcer,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

/// What became of a task. Unless it is an error the letter is of no more use.
#[derive(Debug, Clone, PartialEq)]
pub enum Redriven {
    /// It is on its way to a worker.
    Sent(Box<Task>),
    /// It has its result, or its tenant called it off since: there is nothing to send.
    Settled(Status),
}

/// Why a task is not sent. Its letter is kept.
#[derive(Debug, thiserror::Error)]
pub enum RedriveTaskError {
    /// The tenant has no such task, or it has expired.
    #[error("there is no task {0} any more")]
    NotFound(RequestId),
    /// It would time out at once.
    #[error("the task's deadline, {0}, has passed; submit it again with a later one")]
    Overdue(OffsetDateTime),
    /// A store or queue did not answer. Whatever was done by then can be done again.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl RedriveTask {
    /// Queues a task again that failed or timed out, and sends it; one that goes on is only sent.
    /// A message too many changes nothing, so this can be repeated after a crash at any point.
    pub async fn run(
        &self,
        tenant: &TenantId,
        id: RequestId,
    ) -> Result<Redriven, RedriveTaskError> {
        let stored = self.tasks.load(tenant, id).await?;
        let stored = stored.ok_or(RedriveTaskError::NotFound(id))?;
        let task = match stored.status() {
            Status::Processing => stored,
            Status::Failed | Status::TimedOut => match self.queue_again(&stored).await? {
                Redriven::Sent(task) => *task,
                settled @ Redriven::Settled(_) => return Ok(settled),
            },
            settled @ (Status::Completed | Status::Cancelled) => {
                return Ok(Redriven::Settled(settled));
            }
        };
        self.queue.send(&Job::from(&task)).await?;
        Ok(Redriven::Sent(Box::new(task)))
    }

    async fn queue_again(&self, ended: &Task) -> Result<Redriven, RedriveTaskError> {
        let now = self.clock.now();
        if let Some(deadline) = ended.terms.deadline.filter(|_| ended.terms.is_overdue(now)) {
            return Err(RedriveTaskError::Overdue(deadline));
        }
        let (tasks, unpaid) = (self.tasks.as_ref(), Compute::unpaid());
        let retry = |task: &mut Task| match task.status() {
            // Between the two reads its tenant called it off: that is not ours to undo.
            Status::Cancelled => Err(domain::task::Refused::NotRetriable(Status::Cancelled)),
            _ => task.retry(now),
        };
        match change_task(tasks, &ended.tenant, ended.request_id, &unpaid, retry).await {
            Ok(task) => {
                self.announcer.tell(&task).await;
                Ok(Redriven::Sent(Box::new(task)))
            }
            Err(Unchanged::Missing) => Err(RedriveTaskError::NotFound(ended.request_id)),
            Err(Unchanged::Store(error)) => Err(error.into()),
            Err(Unchanged::Refused(task)) => Ok(match task.status() {
                // Somebody else was faster.
                Status::Processing => Redriven::Sent(task),
                settled => Redriven::Settled(settled),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
