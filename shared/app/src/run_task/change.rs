//! Writes the next version of a task that is ours.

use domain::ports::PortError;
use domain::task::Refused;
use domain::{LeaseToken, Task};

use super::RunTask;
use super::claim::Held;

/// Conflicts after which we take the task for lost. Only we may write while it is ours, so one is
/// the most that a lost answer explains.
const CONFLICTS: usize = 3;

/// Why work on a task ends early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    /// The task is not ours any more: called off, or taken over after our lease ended.
    #[error("the task was taken from this worker")]
    Lost,
    /// A store did not do its part.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl RunTask {
    /// Makes a change and stores it as the next version.
    ///
    /// After a conflict the stored task decides: it may still be ours, where a write went through
    /// whose answer was lost. Then the change is made on top of what is stored.
    pub(super) async fn change(
        &self,
        held: &mut Held,
        change: impl Fn(&mut Task, LeaseToken) -> Result<(), Refused>,
    ) -> Result<(), Stop> {
        for _ in 0..CONFLICTS {
            let mut next = held.task.clone();
            if change(&mut next, held.token).is_err() {
                return Err(Stop::Lost);
            }
            let spent = self.spent_with(&next, &held.account);
            next.usage = held.account.with(spent);
            match self.tasks.replace(&next, held.task.version).await {
                Ok(()) => {
                    held.account.stored(spent);
                    held.task = next;
                    return Ok(());
                }
                Err(PortError::Conflict { .. }) => held.task = self.reload(&held.task).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Stop::Lost)
    }

    async fn reload(&self, task: &Task) -> Result<Task, Stop> {
        let stored = self.tasks.load(&task.tenant, task.request_id).await?;
        stored.ok_or(Stop::Lost)
    }
}
