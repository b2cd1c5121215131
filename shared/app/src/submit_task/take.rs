//! The first half of a submission: the task is stored.

use domain::ports::{PortError, Recorded};
use domain::submission::KEPT;
use domain::task::{NewTask, Phase};
use domain::{IdempotencyKey, Identity, RequestId, Submission, Task};
use time::OffsetDateTime;

use crate::charges;

use super::{SubmitTask, SubmitTaskError, TaskRequest, check, fingerprint};

/// A stored task.
#[derive(Debug)]
pub(crate) struct Taken {
    /// As it is now.
    pub(crate) task: Task,
    /// Whether an earlier submission with the same key made it.
    pub(crate) replayed: bool,
    /// Whether sending it again would find it.
    pub(crate) repeatable: bool,
}

/// The record of a key names a task that is not there.
#[derive(Debug, thiserror::Error)]
#[error("the idempotency key stands for task {0}, which is not stored")]
struct Missing(RequestId);

impl Taken {
    /// Whether nobody has asked for it to be run, as far as can be seen, and it is time to. A
    /// second message is harmless, a missing one is not. The sweep asks for what is to run later.
    pub(crate) fn needs_message(&self, now: OffsetDateTime) -> bool {
        let waits = self.task.version == 1 && self.task.phase() == Some(Phase::Queued);
        waits && self.task.is_sent_at_once(now)
    }
}

impl SubmitTask {
    /// Checks everything that the caller can mend.
    pub(crate) fn check(&self, request: &TaskRequest) -> Result<(), SubmitTaskError> {
        check::request(&self.catalogue, &self.guard, request, self.clock.now())
    }

    /// Stores the task of a checked request, or finds the one that its key stands for.
    pub(crate) async fn take(
        &self,
        caller: &Identity,
        request: TaskRequest,
    ) -> Result<Taken, SubmitTaskError> {
        let Some(key) = request.idempotency_key.clone() else {
            let task = self.task(caller, request);
            let stored = self.tasks.create(&task).await;
            stored.map_err(SubmitTaskError::NotStored)?;
            return Ok(Taken {
                task,
                replayed: false,
                repeatable: false,
            });
        };
        self.take_once(caller, request, key).await
    }

    async fn take_once(
        &self,
        caller: &Identity,
        request: TaskRequest,
        key: IdempotencyKey,
    ) -> Result<Taken, SubmitTaskError> {
        let fingerprint = fingerprint::of(&request);
        let task = self.task(caller, request);
        let now = task.created_at;
        let submission = Submission {
            key,
            fingerprint,
            expires_at: now + KEPT,
        };
        let recorded = self.ledger.create_once(&task, &submission, now).await;
        let (task, replayed) = match recorded.map_err(SubmitTaskError::NotStored)? {
            Recorded::Created => (task, false),
            Recorded::Known { fingerprint, .. } if fingerprint != submission.fingerprint => {
                return Err(SubmitTaskError::KeyReused {
                    key: submission.key,
                });
            }
            Recorded::Known { request_id, .. } => (self.known(caller, request_id).await?, true),
        };
        Ok(Taken {
            task,
            replayed,
            repeatable: true,
        })
    }

    async fn known(&self, caller: &Identity, id: RequestId) -> Result<Task, SubmitTaskError> {
        let loaded = self.tasks.load(&caller.tenant, id).await;
        let task = loaded.map_err(SubmitTaskError::NotStored)?;
        task.ok_or_else(|| {
            SubmitTaskError::NotStored(PortError::broken("idempotency table", Missing(id)))
        })
    }

    fn task(&self, caller: &Identity, request: TaskRequest) -> Task {
        let now = self.clock.now();
        let keyed = request.idempotency_key.is_some();
        let new = NewTask {
            request_id: RequestId::new(self.entropy.time_ordered(now)),
            tenant: caller.tenant.clone(),
            owner: caller.user.clone(),
            kind: request.kind,
            input: request.input,
            tags: request.tags,
            terms: request.terms.from(now),
        };
        let task = Task {
            trace: request.trace,
            ..Task::submit(new, now)
        };
        Task {
            usage: charges::submission(&task, keyed, &self.compute),
            ..task
        }
    }
}
