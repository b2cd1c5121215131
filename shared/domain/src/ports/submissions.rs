//! Where submissions with a key are remembered.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::PortError;
use crate::ids::{RequestId, TenantId};
use crate::submission::{Fingerprint, IdempotencyKey, Submission};
use crate::task::Task;

/// What a submission with a key came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// The task is stored and the key stands for it.
    Created,
    /// The key stands for a task already; nothing was stored.
    Known {
        /// That task.
        request_id: RequestId,
        /// What was asked for then.
        fingerprint: Fingerprint,
    },
}

/// Remembers which key made which task.
///
/// Keys and fingerprints are those of the crate `idempotency`; its `run_once` is not used, because
/// a submission needs more than work that is done once and remembered afterwards: the task and the
/// record of its key are written by one transaction. So a crash leaves both or neither, nobody
/// waits for a lock to run out, and a key never stands for a task that is not there.
#[async_trait]
pub trait SubmissionLedger: Send + Sync {
    /// Stores a new task together with the record of its submission, both or neither, unless the
    /// tenant has a live record of that key. The same call again is the same creation.
    ///
    /// [`PortError::Conflict`] if the task's id is taken.
    async fn create_once(
        &self,
        task: &Task,
        submission: &Submission,
        now: OffsetDateTime,
    ) -> Result<Recorded, PortError>;

    /// What a live record of this key says, where the tenant has one: the task and what was asked for then.
    async fn find(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: OffsetDateTime,
    ) -> Result<Option<(RequestId, Fingerprint)>, PortError>;
}
