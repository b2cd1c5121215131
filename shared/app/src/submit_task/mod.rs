//! Takes a task on.

use std::sync::Arc;

use domain::kind::{FieldError, Registry};
use domain::ports::{Clock, Entropy, PortError, TaskQueue, TaskStore};
use domain::task::NewTask;
use domain::{Failure, Identity, RequestId, Task, causes};
use serde_json::Value;
use time::Duration;

use crate::backoff::Backoff;

mod check;

pub use check::MOST_INPUT;

/// How often the message is sent before giving up.
const SENDS: u32 = 3;

/// The caller waits, so not for long.
const PAUSE: Backoff = Backoff {
    base: Duration::milliseconds(100),
    cap: Duration::milliseconds(400),
};

/// Takes tasks on: stores them and asks a worker to run them.
#[derive(Clone)]
pub struct SubmitTask {
    /// What can be run.
    pub registry: Registry,
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// The way to the workers.
    pub queue: Arc<dyn TaskQueue>,
    /// When the task is submitted.
    pub clock: Arc<dyn Clock>,
    /// Makes the task's name.
    pub entropy: Arc<dyn Entropy>,
}

/// What a caller asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRequest {
    /// The kind's name.
    pub kind: String,
    /// The kind's input.
    pub input: Value,
    /// Labels to find it and to subscribe by.
    pub tags: Vec<String>,
}

/// Why a task was not taken on. It will not run, and submitting again makes a new one.
#[derive(Debug, thiserror::Error)]
pub enum SubmitTaskError {
    /// There is no such kind.
    #[error("there is no kind {kind:?}; known kinds: {}", .known.join(", "))]
    UnknownKind {
        /// What was asked for.
        kind: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// Input or tags are not what they must be.
    #[error("{} of the task's fields are not valid", .0.len())]
    Invalid(Vec<FieldError>),
    /// The input is too large to be stored with the task.
    #[error("the input is {bytes} bytes of JSON, at most {MOST_INPUT} are taken")]
    InputTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The task could not be stored.
    #[error("the task cannot be stored")]
    NotStored(#[source] PortError),
    /// The task was stored, but no worker could be asked to run it.
    #[error("the task cannot be queued")]
    NotQueued(#[source] PortError),
}

impl SubmitTask {
    /// Checks the request, stores the task at version 1, then asks for it to be run.
    ///
    /// Where asking fails for good, the task ends as `failed` with the code `not_queued`, so that
    /// nobody waits for it. Where even that cannot be stored it stays queued without a message,
    /// as after a crash between the two steps.
    pub async fn run(
        &self,
        caller: &Identity,
        request: TaskRequest,
    ) -> Result<Task, SubmitTaskError> {
        check::request(&self.registry, &request)?;
        let task = self.create(caller, request).await?;
        match self.enqueue(&task).await {
            Ok(()) => Ok(task),
            Err(cause) => self.give_up(task, cause).await,
        }
    }

    async fn create(
        &self,
        caller: &Identity,
        request: TaskRequest,
    ) -> Result<Task, SubmitTaskError> {
        let now = self.clock.now();
        let new = NewTask {
            request_id: RequestId::new(self.entropy.time_ordered(now)),
            tenant: caller.tenant.clone(),
            owner: caller.user.clone(),
            kind: request.kind,
            input: request.input,
            tags: request.tags,
        };
        let task = Task::submit(new, now);
        let stored = self.tasks.create(&task).await;
        stored.map_err(SubmitTaskError::NotStored)?;
        Ok(task)
    }

    async fn enqueue(&self, task: &Task) -> Result<(), PortError> {
        let mut sends = 1;
        loop {
            match self.queue.send(&task.tenant, task.request_id).await {
                Err(PortError::Unavailable { .. }) if sends < SENDS => {
                    let pause = PAUSE.wait(sends, self.entropy.as_ref());
                    tokio::time::sleep(pause.unsigned_abs()).await;
                    sends += 1;
                }
                last => return last,
            }
        }
    }

    async fn give_up(&self, mut task: Task, cause: PortError) -> Result<Task, SubmitTaskError> {
        let submitted = task.clone();
        let failure = Failure::permanent("not_queued", "No worker could be asked to run the task.");
        if task.reject(failure, self.clock.now()).is_ok() {
            match self.tasks.replace(&task, submitted.version).await {
                // A worker has it: a message whose answer was lost did arrive.
                Err(PortError::Conflict { .. }) => return Ok(submitted),
                Err(error) => tracing::warn!(
                    task.id = %task.request_id, error = causes(&error),
                    "a task without a message stays queued"
                ),
                Ok(()) => {}
            }
        }
        Err(SubmitTaskError::NotQueued(cause))
    }
}

#[cfg(test)]
mod tests;
