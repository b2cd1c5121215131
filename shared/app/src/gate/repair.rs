//! Puts a lane right: places of ended tasks are taken back, free ones given to those that wait.

use std::collections::BTreeSet;

use domain::ports::{Job, PortError, TaskStore};
use domain::{RequestId, TenantId};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use super::Gate;
use super::pass::Way;

/// How many tasks are loaded at once.
const AT_ONCE: usize = 16;

/// What was put right in one lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Places of tasks that had ended.
    pub freed: usize,
    /// Waiting tasks that were sent.
    pub admitted: usize,
    /// Tasks that wait for their time and got their message, which the queue holds back till then.
    pub ahead: usize,
    /// Tasks that go on waiting for their time, of those that were looked at.
    pub held: usize,
    /// Whether nobody is in it and nobody waits.
    pub empty: bool,
}

impl Gate {
    /// Looks at every member of the lane, of which there are at most twice as many as places, and at
    /// as many waiting tasks as could have places or messages that are held back.
    pub async fn repair(
        &self,
        tenant: &TenantId,
        tasks: &dyn TaskStore,
    ) -> Result<Repaired, PortError> {
        let mut members = self.lanes.members(tenant).await?;
        let ended = ended(tenant, &members, tasks).await?;
        if !ended.is_empty() {
            self.lanes.leave(tenant, &ended).await?;
            members.retain(|id| !ended.contains(id));
        }
        let places = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let waiting = self.room.first(tenant, None, places.saturating_mul(2));
        let waiting = waiting.await?;
        let empty = members.is_empty() && waiting.is_empty();
        let now = self.clock.now();
        let (due, early): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|job| job.is_due(now));
        let waits = early.len();
        let admitted = self.let_in(tenant, due, Way::Now).await?;
        let ahead = self.let_in(tenant, early, Way::Later).await?;
        Ok(Repaired {
            freed: ended.len(),
            admitted,
            ahead,
            held: waits - ahead,
            empty,
        })
    }

    /// A waiting task that has a place already was left by whoever let it in; or is being let in,
    /// then it is sent twice.
    async fn let_in(
        &self,
        tenant: &TenantId,
        mut waiting: Vec<Job>,
        way: Way,
    ) -> Result<usize, PortError> {
        if waiting.is_empty() {
            return Ok(0);
        }
        let admitted = self.admit(tenant, &waiting, way).await?;
        waiting.retain(|job| admitted.contains(&job.request_id));
        let placed = waiting;
        let sent = self.dispatch(&placed).await;
        let count = sent.values().filter(|sent| sent.is_ok()).count();
        self.forget(placed, &sent).await;
        Ok(count)
    }
}

/// Members whose task has ended or is gone: a task is stored before it enters.
async fn ended(
    tenant: &TenantId,
    members: &BTreeSet<RequestId>,
    tasks: &dyn TaskStore,
) -> Result<Vec<RequestId>, PortError> {
    let looks: Vec<_> = members
        .iter()
        .map(|id| is_ended(tenant, *id, tasks))
        .collect();
    let ended = stream::iter(looks).buffer_unordered(AT_ONCE);
    ended.try_filter_map(async |id| Ok(id)).try_collect().await
}

async fn is_ended(
    tenant: &TenantId,
    id: RequestId,
    tasks: &dyn TaskStore,
) -> Result<Option<RequestId>, PortError> {
    let task = tasks.load(tenant, id).await?;
    let goes_on = task.is_some_and(|task| !task.status().is_terminal());
    Ok((!goes_on).then_some(id))
}
