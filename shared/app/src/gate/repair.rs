//! Puts a lane right: places of ended tasks are taken back, free ones given to those that wait.

use std::collections::BTreeSet;

use domain::ports::{Entered, Job, PortError, TaskStore};
use domain::{RequestId, TenantId};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use super::Gate;

/// How many tasks are loaded at once.
const AT_ONCE: usize = 16;

/// What was put right in one lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Places of tasks that had ended.
    pub freed: usize,
    /// Waiting tasks that were sent.
    pub admitted: usize,
    /// Whether nobody is in it and nobody waits.
    pub empty: bool,
}

impl Gate {
    /// Looks at every member of the lane, of which there are at most as many as places, and at as
    /// many waiting tasks as could have places.
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
        let waiting = self.room.first(tenant, places.saturating_mul(2)).await?;
        let empty = members.is_empty() && waiting.is_empty();
        let admitted = self.let_in(tenant, waiting).await?;
        Ok(Repaired {
            freed: ended.len(),
            admitted,
            empty,
        })
    }

    /// A waiting task that has a place already was left by whoever let it in; or is being let in,
    /// then it is sent twice.
    async fn let_in(&self, tenant: &TenantId, waiting: Vec<Job>) -> Result<usize, PortError> {
        if waiting.is_empty() {
            return Ok(0);
        }
        let ids: Vec<_> = waiting.iter().map(|job| job.request_id).collect();
        let now = self.clock.now();
        let entered = self.lanes.enter(tenant, &ids, self.limit, now).await?;
        let placed = waiting.into_iter().zip(entered);
        let placed: Vec<_> = placed
            .filter(|(_, entered)| Entered::has_place(*entered))
            .map(|(job, _)| job)
            .collect();
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
