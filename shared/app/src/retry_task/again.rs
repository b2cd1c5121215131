//! Queues a task again that ended without a result: for its tenant, or for an operator.

use domain::ports::TaskStore;
use domain::task::{Refused, Status};
use domain::{RequestId, Task, TenantId};
use time::OffsetDateTime;

use super::RetryTaskError;
use crate::change_task::{Unchanged, change_task};
use crate::{Compute, PauseCheck};

/// Queues ended tasks again.
pub(crate) struct QueueAgain<'a> {
    /// Where tasks are.
    pub(crate) tasks: &'a dyn TaskStore,
    /// What is not taken on for a while; nothing is ever paused where none.
    pub(crate) pauses: Option<&'a PauseCheck>,
    /// What the time of this process costs.
    pub(crate) compute: &'a Compute,
    /// The present.
    pub(crate) now: OffsetDateTime,
}

impl QueueAgain<'_> {
    /// The task, queued again, if it ended in one of these ways. Nobody has been told yet.
    pub(crate) async fn run(
        &self,
        tenant: &TenantId,
        id: RequestId,
        ends: &[Status],
    ) -> Result<Task, RetryTaskError> {
        let retry = |task: &mut Task| match task.status() {
            status if ends.contains(&status) => task.retry(self.now),
            other => Err(Refused::NotRetriable(other)),
        };
        let stored = self.tasks.load(tenant, id).await?;
        let stored = stored.ok_or(RetryTaskError::NotFound(id))?;
        if retry(&mut stored.clone()).is_err() {
            return Err(RetryTaskError::NotRetriable(Box::new(stored)));
        }
        // A deadline never changes, so what holds now holds below.
        let overdue = stored.terms.is_overdue(self.now);
        if let Some(deadline) = stored.terms.deadline.filter(|_| overdue) {
            return Err(RetryTaskError::Overdue(deadline));
        }
        if let Some(pauses) = self.pauses {
            pauses.check(&stored.kind, tenant).await?;
        }
        let changed = change_task(self.tasks, tenant, id, self.compute, retry).await;
        changed.map_err(|unchanged| match unchanged {
            Unchanged::Missing => RetryTaskError::NotFound(id),
            Unchanged::Refused(task) => RetryTaskError::NotRetriable(task),
            Unchanged::Store(error) => error.into(),
        })
    }
}
