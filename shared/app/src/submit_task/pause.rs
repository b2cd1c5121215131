//! What is not taken on for a while.

use domain::ports::Recorded;
use domain::{Submission, Task, TenantId};

use super::{SubmitTask, SubmitTaskError, TaskRequest};
use crate::pause_check::Paused;

impl SubmitTask {
    /// Refuses what is paused before it costs anything. A submission with a key passes: an earlier one may have been
    /// taken on, which only its record tells.
    pub(crate) async fn refuse_paused(
        &self,
        tenant: &TenantId,
        request: &TaskRequest,
    ) -> Result<(), SubmitTaskError> {
        if request.idempotency_key.is_some() {
            return Ok(());
        }
        Ok(self.check_pauses(tenant, &request.kind).await?)
    }

    /// Whether a task of this kind and tenant may be queued.
    pub(crate) async fn check_pauses(
        &self,
        tenant: &TenantId,
        kind: &str,
    ) -> Result<(), Box<Paused>> {
        match &self.pauses {
            Some(pauses) => pauses.check(kind, tenant).await,
            None => Ok(()),
        }
    }

    /// While it is paused a key finds the task that it stands for, and makes none.
    pub(super) async fn only_known(
        &self,
        task: &Task,
        submission: &Submission,
        paused: Box<Paused>,
    ) -> Result<Recorded, SubmitTaskError> {
        let (key, now) = (&submission.key, task.created_at);
        let found = self.ledger.find(&task.tenant, key, now).await;
        let found = found.map_err(SubmitTaskError::NotStored)?;
        let (request_id, fingerprint) = found.ok_or(paused)?;
        Ok(Recorded::Known {
            request_id,
            fingerprint,
        })
    }
}
