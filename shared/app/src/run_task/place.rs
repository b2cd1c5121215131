//! A task's place in its tenant's lane: there before it runs, given back when it has ended.

use domain::ports::{Job, PortError};
use domain::{RequestId, Task, TenantId};

use super::RunTask;

impl RunTask {
    /// Whether the task has a place, or nobody counts places.
    pub(super) async fn admits(&self, task: &Task) -> Result<bool, PortError> {
        let Some(gate) = &self.gate else {
            return Ok(true);
        };
        let admitted = gate.admits(&Job::from(task)).await?;
        if !admitted {
            tracing::info!("the task waits for a place in its tenant's lane");
        }
        Ok(admitted)
    }

    /// Gives the task's place to the next one.
    pub(super) async fn make_room(&self, tenant: &TenantId, id: RequestId) {
        if let Some(gate) = &self.gate {
            gate.release(tenant, id).await;
        }
    }
}
