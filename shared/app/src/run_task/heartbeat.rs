//! Keeps a task ours while it runs.

use std::time::Duration;

use domain::ports::PortError;
use domain::{LeaseToken, Task, Usage, causes};
use time::OffsetDateTime;
use tokio::time::{sleep, timeout};

use super::account::Account;
use super::change::Stop;
use super::claim::lease_end;
use super::{LEASE, RunTask};

/// Three beats fit into a lease, so one that fails costs nothing.
const BEAT: Duration = Duration::from_secs(10);
const _: () = assert!(BEAT.as_secs() * 3 <= LEASE.unsigned_abs().as_secs());

/// What a beat writes.
struct Renewal {
    token: LeaseToken,
    until: OffsetDateTime,
    usage: Usage,
}

impl RunTask {
    /// Renews the lease and hides the message, together, for as long as it is polled. Ends only
    /// when the lease is lost.
    pub(super) async fn keep_lease(
        &self,
        task: &Task,
        token: LeaseToken,
        account: &Account,
        receipt: &str,
    ) -> Stop {
        let mut until = lease_end(task).unwrap_or(task.updated_at);
        loop {
            sleep(BEAT).await;
            let next = self.clock.now() + LEASE;
            let spent = account.spent();
            let renewal = Renewal {
                token,
                until: next,
                usage: account.with(spent),
            };
            match self.beat(task, &renewal, receipt).await {
                Ok(()) => {
                    account.stored(spent);
                    until = next;
                }
                Err(PortError::Conflict { .. }) => return Stop::Lost,
                Err(error) => {
                    tracing::warn!(error = causes(&error), "the lease was not renewed");
                    if self.clock.now() >= until {
                        return Stop::Lost;
                    }
                }
            }
        }
    }

    async fn beat(&self, task: &Task, renewal: &Renewal, receipt: &str) -> Result<(), PortError> {
        let (tenant, id) = (&task.tenant, task.request_id);
        let Renewal {
            token,
            until,
            usage,
        } = renewal;
        let renewal = self.tasks.renew(tenant, id, *token, *until, usage);
        let both = async { tokio::join!(renewal, self.hide(receipt)) };
        match timeout(BEAT, both).await {
            Ok((renewed, ())) => renewed,
            Err(slow) => Err(PortError::unavailable("the lease", slow)),
        }
    }

    /// A message that returns too early meets our lease and waits for it, so failing to hide it
    /// is worth a line in the log only.
    pub(super) async fn hide(&self, receipt: &str) {
        if let Err(error) = self.deliveries.hide(receipt, LEASE).await {
            tracing::warn!(error = causes(&error), "the message was not hidden");
        }
    }
}
