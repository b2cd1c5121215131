//! Takes a task on.

use std::sync::Arc;

use domain::kind::{Catalogue, FieldError};
use domain::ports::{Clock, Entropy, PortError, SubmissionLedger, TaskQueue, TaskStore};
use domain::{IdempotencyKey, Identity, Task, Trace};
use serde_json::Value;
use time::Duration;
use webhooks::Guard;

use crate::Compute;

mod check;
mod fingerprint;
mod meter;
mod send;
mod take;
mod terms;

pub use check::MOST_INPUT;
pub use meter::Metering;
pub(crate) use take::Taken;
pub use terms::{RequestedTerms, Start};

/// Takes tasks on: stores them and asks a worker to run them.
#[derive(Clone)]
pub struct SubmitTask {
    /// What can be run.
    pub catalogue: Catalogue,
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// Which keys made which of them.
    pub ledger: Arc<dyn SubmissionLedger>,
    /// The way to the workers.
    pub queue: Arc<dyn TaskQueue>,
    /// How many tasks a tenant may submit; any number where none.
    pub metering: Option<Metering>,
    /// Where callbacks may lead.
    pub guard: Guard,
    /// What the time of this function costs.
    pub compute: Compute,
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
    /// How it is to be run.
    pub terms: RequestedTerms,
    /// The caller's name for this submission: sent again, it makes no second task.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The trace that the call belongs to. It goes with the task to the worker and to the push.
    pub trace: Option<Trace>,
}

/// A task that was taken on.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitted {
    /// The task as it is now.
    pub task: Task,
    /// Whether an earlier submission with the same key made it.
    pub replayed: bool,
}

/// Why a task was not taken on. Submitting again without a key makes a new one.
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
    /// Input, tags or terms are not what they must be.
    #[error("{} of the task's fields are not valid", .0.len())]
    Invalid(Vec<FieldError>),
    /// The input is too large to be stored with the task.
    #[error("the input is {bytes} bytes of JSON, at most {MOST_INPUT} are taken")]
    InputTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The tenant has submitted too many tasks in a short time. Nothing was stored.
    #[error("too many tasks were submitted in a short time; wait before submitting more")]
    RateLimited {
        /// After how long the next one is taken.
        retry_after: Duration,
    },
    /// The key stands for a task that something else was asked for.
    #[error("the idempotency key {key:?} was used for another task within the last 24 hours; use a new one", key = key.as_str())]
    KeyReused {
        /// The key.
        key: IdempotencyKey,
    },
    /// The task could not be stored, or it is not known whether it was.
    #[error("the task cannot be stored")]
    NotStored(#[source] PortError),
    /// The task was stored, but no worker could be asked to run it.
    #[error("the task cannot be queued")]
    NotQueued(#[source] PortError),
}

impl SubmitTask {
    /// Checks the request and the tenant's rate, stores the task at version 1, then asks for it to
    /// be run.
    ///
    /// With a key the same submission again finds the task that the first one made, and asks for
    /// it to be run where nobody seems to have. So where asking fails for good the task stays
    /// queued for the next time.
    ///
    /// Without one nothing can find it again: it ends as `failed` with the code `not_queued`, so
    /// that nobody waits for it. Where even that cannot be stored it stays queued without a
    /// message, as after a crash between the two steps.
    pub async fn run(
        &self,
        caller: &Identity,
        request: TaskRequest,
    ) -> Result<Submitted, SubmitTaskError> {
        self.check(&request)?;
        self.meter_one(&caller.tenant).await?;
        let taken = self.take(caller, request).await?;
        let sent = if taken.needs_message(self.clock.now()) {
            self.send(&taken.task).await
        } else {
            Ok(())
        };
        self.settle(taken, sent).await
    }
}

#[cfg(test)]
mod tests;
