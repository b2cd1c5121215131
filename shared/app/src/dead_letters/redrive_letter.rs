//! Sends one letter on its way again.
//!
//! A message of a task that has ended does nothing any more. So a letter about a task that failed or
//! timed out has the task run again, and every other one is sent to the queue that it came from.

use std::sync::Arc;

use domain::dead_letters::DeadQueue;
use domain::ports::{PortError, SourceQueues};
use domain::{Status, Task};
use wire::queue::{Unreadable, about};

use crate::redrive_task::{self, RedriveTask};
use crate::retry_task::RetryTaskError;

/// Sends letters on their way again.
#[derive(Clone)]
pub struct RedriveLetter {
    /// Sends tasks on their way.
    pub redrive_task: RedriveTask,
    /// Where all else goes.
    pub sources: Arc<dyn SourceQueues>,
}

/// What became of a letter that is needed no more.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// Its task is on its way.
    Task(Box<Task>),
    /// Its message is on its way.
    Message,
    /// Its task has its result, or was called off since: there is nothing to send.
    Settled(Status),
}

/// Why a letter is not sent. It is to be kept.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// Nobody of this release can read it.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Its task cannot run.
    #[error(transparent)]
    Task(#[from] RetryTaskError),
    /// Its queue does not take it.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl RedriveLetter {
    /// Sends the body of a letter on its way, if somebody can read it. It can be repeated: a message
    /// too many changes nothing. The letter is removed only after that, so that whatever breaks off
    /// in between, it is redriven at least once.
    pub async fn run(&self, queue: DeadQueue, body: &str) -> Result<Sent, NotSent> {
        let about = about(queue, body)?;
        if let (DeadQueue::Work, Some((tenant, id))) = (queue, about.task()) {
            return Ok(match self.redrive_task.run(tenant, id).await? {
                redrive_task::Redriven::Sent(task) => Sent::Task(task),
                redrive_task::Redriven::Settled(status) => Sent::Settled(status),
            });
        }
        self.sources
            .send(queue, body, about.tenant.as_ref())
            .await?;
        Ok(Sent::Message)
    }

    /// Sends a body to where it came from whatever it says, in the group of its tenant where it names
    /// one.
    pub async fn as_it_is(&self, queue: DeadQueue, body: &str) -> Result<(), PortError> {
        let tenant = about(queue, body).ok().and_then(|about| about.tenant);
        self.sources.send(queue, body, tenant.as_ref()).await
    }
}
