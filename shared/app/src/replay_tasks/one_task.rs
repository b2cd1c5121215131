//! What was missed of one task.

use domain::ports::{Announcement, PostError};
use domain::task::Update;
use domain::{Replay, RequestId, Resumed, Task};
use tokio::time::Instant;

use super::{Progress, ReplayError, ReplayTasks, Stop};

impl ReplayTasks {
    /// Posts what was missed after a version, until the time is over.
    pub(super) async fn resume_task(
        &self,
        replay: &Replay,
        id: RequestId,
        mut seen: u64,
        end: Instant,
    ) -> Result<Progress, Stop> {
        if Instant::now() >= end {
            return Ok(Progress::Until(seen));
        }
        let loaded = self.tasks.load(&replay.tenant, id).await;
        let Some(task) = loaded.map_err(|error| Stop::Failed(error.into()))? else {
            return Ok(Progress::Done(Resumed::UNKNOWN));
        };
        let missed = task.missed_after(seen);
        for (n, update) in missed.updates.iter().enumerate() {
            if n > 0 && Instant::now() >= end {
                return Ok(Progress::Until(seen));
            }
            let message = self.push.message(&announcement(&task, update)).await;
            let message = message.map_err(|error| Stop::Failed(error.into()))?;
            match self.push.post(&replay.connection, &message).await {
                Ok(()) => {
                    seen = update.version;
                    let payer = (replay.tenant.clone(), id);
                    self.push.pushed.note(&payer, &message);
                }
                Err(PostError::Gone) => return Err(Stop::Gone),
                Err(error) => return Err(Stop::Failed(ReplayError::Unreached(error))),
            }
        }
        Ok(Progress::Done(missed.resumed))
    }
}

/// The update as it was announced when it happened. The result belongs to the version that made
/// it, which is the newest.
fn announcement(task: &Task, update: &Update) -> Announcement {
    let result = task
        .state
        .result()
        .filter(|_| update.version == task.version);
    Announcement {
        tenant: task.tenant.clone(),
        owner: task.owner.clone(),
        request_id: task.request_id,
        kind: task.kind.clone(),
        tags: task.tags.clone(),
        update: update.clone(),
        result: result.cloned(),
        trace: task.trace,
    }
}
