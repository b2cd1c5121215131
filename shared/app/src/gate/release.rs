//! Out: a task that has ended makes room for the next.

use domain::ports::{Entered, PortError};
use domain::{RequestId, TenantId, causes};

use super::Gate;

/// Waiting tasks that are looked at for one that nobody else lets in at the same moment: more than
/// workers end at once.
const LOOK_AT: usize = 50;

impl Gate {
    /// Gives a task's place back and lets the first one that waits and is due in. Doing it twice is fine. A
    /// failure is left to the sweep: nobody is to do work again for it.
    ///
    /// A retry that comes between an end and this call keeps its message and finds a place again
    /// when that reaches a worker; if it was running by then, one more than the limit runs meanwhile.
    pub async fn release(&self, tenant: &TenantId, id: RequestId) {
        if let Err(error) = self.leave_and_let_in(tenant, id).await {
            tracing::warn!(error = causes(&error), "a place was not passed on");
        }
    }

    async fn leave_and_let_in(&self, tenant: &TenantId, id: RequestId) -> Result<(), PortError> {
        self.lanes.leave(tenant, &[id]).await?;
        let now = self.clock.now();
        for job in self.room.first(tenant, Some(now), LOOK_AT).await? {
            let ids = [job.request_id];
            let entered = self.lanes.enter(tenant, &ids, self.limit, now).await?;
            match entered.first() {
                // Somebody else lets it in.
                Some(Entered::Already) => {}
                Some(Entered::New) => {
                    let jobs = vec![job];
                    let sent = self.dispatch(&jobs).await;
                    self.forget(jobs, &sent).await;
                    return Ok(());
                }
                Some(Entered::Full) | None => return Ok(()),
            }
        }
        Ok(())
    }
}
