//! Sends stuck tasks to the workers again.

use domain::causes;
use domain::ports::{Job, PortError, StuckTask};
use domain::task::{Phase, next_attention};
use futures::StreamExt as _;
use futures::stream;
use time::OffsetDateTime;

use super::{AT_ONCE, MOST_TASKS, Sweep, Swept};

/// What became of one task.
enum Fate {
    /// It was sent.
    Sent(Phase),
    /// It goes on by itself, or another sweep has it.
    LeftAlone,
    /// A call failed.
    Fault,
}

impl Sweep {
    pub(super) async fn sweep_tasks(&self, now: OffsetDateTime) -> Swept {
        let mut swept = Swept::default();
        let due = match self.stuck.due(now, MOST_TASKS).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(error = causes(&error), "stuck tasks cannot be found");
                swept.faults = 1;
                return swept;
            }
        };
        let sends: Vec<_> = due.iter().map(|task| self.send_again(task, now)).collect();
        let mut fates = stream::iter(sends).buffer_unordered(AT_ONCE);
        while let Some(fate) = fates.next().await {
            match fate {
                Fate::Sent(Phase::Queued) => swept.requeued += 1,
                Fate::Sent(Phase::Running) => swept.dead_leases += 1,
                Fate::LeftAlone => {}
                Fate::Fault => swept.faults += 1,
            }
        }
        swept
    }

    async fn send_again(&self, task: &StuckTask, now: OffsetDateTime) -> Fate {
        match self.defer_and_send(task, now).await {
            Ok(()) => {
                tracing::warn!(
                    task.id = %task.request_id,
                    task.tenant = %task.tenant,
                    task.phase = task.phase.name(),
                    "a stuck task was sent again"
                );
                Fate::Sent(task.phase)
            }
            Err(PortError::Conflict { .. }) => Fate::LeftAlone,
            Err(error) => {
                tracing::warn!(
                    task.id = %task.request_id,
                    error = causes(&error),
                    "a stuck task was not sent"
                );
                Fate::Fault
            }
        }
    }

    /// Deferring comes first: it finds out whether the task is still stuck, only one of several
    /// sweeps gets through, and a task that cannot be sent does not stand before the others. A
    /// crash in between only makes it wait until it is looked at again.
    async fn defer_and_send(&self, task: &StuckTask, now: OffsetDateTime) -> Result<(), PortError> {
        let next = next_attention(task.created_at, now);
        self.stuck.defer(task, next).await?;
        self.queue.send(&Job::from(task)).await
    }
}
