//! The queues between the functions.

use async_trait::async_trait;

use time::{Duration, OffsetDateTime};

use super::{PortError, StuckTask};
use crate::Trace;
use crate::ids::{RequestId, TenantId, UserId};
use crate::task::{Priority, Task, TaskResult, Update};

/// A task that workers are asked to run: what decides on its way to them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Job {
    /// Whose task.
    pub tenant: TenantId,
    /// The task.
    pub request_id: RequestId,
    /// Which tasks go first.
    pub priority: Priority,
    /// When it was submitted.
    pub created_at: OffsetDateTime,
    /// Not to be run before this moment.
    pub run_at: Option<OffsetDateTime>,
    /// The trace of the call that submitted it.
    pub trace: Option<Trace>,
}

impl Job {
    /// Whether the task may run at this moment.
    pub fn is_due(&self, now: OffsetDateTime) -> bool {
        self.run_at.is_none_or(|at| at <= now)
    }
}

impl From<&Task> for Job {
    fn from(task: &Task) -> Self {
        Self {
            tenant: task.tenant.clone(),
            request_id: task.request_id,
            priority: task.terms.priority,
            created_at: task.created_at,
            run_at: task.terms.run_at,
            trace: task.trace,
        }
    }
}

impl From<&StuckTask> for Job {
    fn from(task: &StuckTask) -> Self {
        Self {
            tenant: task.tenant.clone(),
            request_id: task.request_id,
            priority: task.priority,
            created_at: task.created_at,
            run_at: task.run_at,
            trace: task.trace,
        }
    }
}

/// Takes tasks to the workers. At least once, in any order, each priority on a way of its own.
#[async_trait]
pub trait TaskQueue: Send + Sync {
    /// Asks for the task to be run.
    async fn send(&self, job: &Job) -> Result<(), PortError>;

    /// Asks for each of the tasks to be run, with one outcome for each, in their order.
    async fn send_all(&self, jobs: &[Job]) -> Vec<Result<(), PortError>>;
}

/// The messages that a worker has in hand. Acknowledging is the batch's answer, not a call.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// Hides a delivered message for this long from now: longer while its task runs, shorter to
    /// have it delivered again. `receipt` is the handle that came with the delivery.
    async fn hide(&self, receipt: &str, length: Duration) -> Result<(), PortError>;
}

/// A message that nobody can handle, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The message's body, as it came.
    pub body: String,
    /// The id that it had in its queue.
    pub message_id: String,
    /// Why, for the person who looks at it: a code in words joined by `_`, `: `, and what happened.
    /// Holds no secret.
    pub reason: String,
}

/// Takes messages that nobody can handle to the queue where a person looks at them. The same one
/// may come twice.
#[async_trait]
pub trait DeadLetterQueue: Send + Sync {
    /// Puts the message there.
    async fn bury(&self, letter: &DeadLetter) -> Result<(), PortError>;
}

/// One update on its way to everybody who listens.
#[derive(Debug, Clone, PartialEq)]
pub struct Announcement {
    /// Whose task.
    pub tenant: TenantId,
    /// Who submitted it.
    pub owner: UserId,
    /// The task.
    pub request_id: RequestId,
    /// Its kind.
    pub kind: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The change.
    pub update: Update,
    /// What came out, with the update that completes the task.
    pub result: Option<TaskResult>,
    /// The trace of the call that submitted the task.
    pub trace: Option<Trace>,
}

/// Takes updates to the pusher. At least once, in any order.
#[async_trait]
pub trait UpdateQueue: Send + Sync {
    /// Asks for the update to be pushed.
    async fn send(&self, announcement: &Announcement) -> Result<(), PortError>;
}
