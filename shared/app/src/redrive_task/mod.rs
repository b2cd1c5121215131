//! Sends a task on its way again whose message is a dead letter.

use std::sync::Arc;

use domain::ports::{Clock, Job, TaskQueue, TaskStore};
use domain::task::Status;
use domain::{RequestId, Task, TenantId};

use crate::announce::Announcer;
use crate::retry_task::{QueueAgain, RetryTaskError};
use crate::{Compute, PauseCheck};

/// How a task may have ended that is run again. What its tenant called off is not ours to undo.
const ENDS: [Status; 2] = [Status::Failed, Status::TimedOut];

/// Sends tasks on their way again.
#[derive(Clone)]
pub struct RedriveTask {
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// The way to the workers, past places in lanes or not: a worker runs only a task that has one,
    /// and takes it then.
    pub queue: Arc<dyn TaskQueue>,
    /// What is not taken on for a while; where none, what is paused runs too.
    pub pauses: Option<PauseCheck>,
    /// The way to whoever listens.
    pub announcer: Announcer,
    /// What the time of this process costs.
    pub compute: Compute,
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

impl RedriveTask {
    /// Queues a task again that failed or timed out, and sends it; one that goes on is only sent.
    /// A message too many changes nothing, so this can be repeated after a crash at any point.
    ///
    /// # Errors
    ///
    /// The task's letter is to be kept.
    pub async fn run(&self, tenant: &TenantId, id: RequestId) -> Result<Redriven, RetryTaskError> {
        let again = QueueAgain {
            tasks: self.tasks.as_ref(),
            pauses: self.pauses.as_ref(),
            compute: &self.compute,
            now: self.clock.now(),
        };
        let task = match again.run(tenant, id, &ENDS).await {
            Ok(task) => {
                self.announcer.tell(&task).await;
                Box::new(task)
            }
            // It goes on, or somebody else was faster.
            Err(RetryTaskError::NotRetriable(task)) if task.status() == Status::Processing => task,
            Err(RetryTaskError::NotRetriable(task)) => return Ok(Redriven::Settled(task.status())),
            Err(error) => return Err(error),
        };
        self.queue.send(&Job::from(task.as_ref())).await?;
        Ok(Redriven::Sent(task))
    }
}

#[cfg(test)]
mod tests;
