//! Lanes and their waiting rooms in memory.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::lanes::{first_look, rank};
use domain::ports::{
    DelayedMessages, DueLane, Entered, Job, LaneWatch, Lanes, PortError, WaitingRoom,
};
use domain::{RequestId, TenantId};
use time::OffsetDateTime;

use super::{Faults, Kept};

#[derive(Debug, Default)]
struct Lane {
    members: BTreeSet<RequestId>,
    delayed: BTreeSet<RequestId>,
    due_at: Option<OffsetDateTime>,
    most: usize,
    most_delayed: usize,
}

impl Lane {
    /// Somebody looks at a lane into which somebody came.
    fn watch_from(&mut self, entered: &[Entered], now: OffsetDateTime) {
        if entered.contains(&Entered::New) {
            self.due_at = self.due_at.or(Some(first_look(now)));
        }
    }
}

/// Puts them in while there are fewer than the limit.
fn put_in(set: &mut BTreeSet<RequestId>, ids: &[RequestId], limit: u32) -> Vec<Entered> {
    let mut one = |id: &RequestId| {
        if set.contains(id) {
            Entered::Already
        } else if set.len() < usize::try_from(limit).unwrap_or(usize::MAX) {
            set.insert(*id);
            Entered::New
        } else {
            Entered::Full
        }
    };
    ids.iter().map(&mut one).collect()
}

/// Keeps lanes and who waits. Calls are named `lanes.enter`, `.leave`, `.members`, `.due`,
/// `.defer`, `.close`, `delayed.reserve`, `.hold`, `room.wait`, `.first`, `.remove`.
#[derive(Debug, Default)]
pub struct MemoryLanes {
    lanes: Kept<BTreeMap<TenantId, Lane>>,
    waiting: Kept<BTreeMap<(TenantId, i64, RequestId), Job>>,
    faults: Faults,
}

impl MemoryLanes {
    /// Nobody anywhere.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// The most places of one tenant that were ever taken at once.
    pub fn most(&self) -> usize {
        let lanes = self.lanes.lock();
        lanes.values().map(|lane| lane.most).max().unwrap_or(0)
    }

    /// The most delayed messages of one tenant that were ever counted at once.
    pub fn most_delayed(&self) -> usize {
        let lanes = self.lanes.lock();
        let most = lanes.values().map(|lane| lane.most_delayed);
        most.max().unwrap_or(0)
    }

    /// Whose messages are counted as delayed, of all tenants.
    pub fn delayed(&self) -> Vec<RequestId> {
        let lanes = self.lanes.lock();
        lanes
            .values()
            .flat_map(|lane| lane.delayed.clone())
            .collect()
    }

    /// Who waits, of all tenants, in order.
    pub fn waiting(&self) -> Vec<RequestId> {
        self.waiting
            .lock()
            .values()
            .map(|job| job.request_id)
            .collect()
    }

    /// Who has a place, of all tenants.
    pub fn placed(&self) -> Vec<RequestId> {
        let lanes = self.lanes.lock();
        lanes
            .values()
            .flat_map(|lane| lane.members.clone())
            .collect()
    }
}

fn seat(job: &Job) -> (TenantId, i64, RequestId) {
    (job.tenant.clone(), rank(job), job.request_id)
}

fn conflict() -> PortError {
    PortError::Conflict { what: "lane" }
}

#[async_trait]
impl Lanes for MemoryLanes {
    async fn enter(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        limit: u32,
        now: OffsetDateTime,
    ) -> Result<Vec<Entered>, PortError> {
        let enter = || {
            let mut lanes = self.lanes.lock();
            let lane = lanes.entry(tenant.clone()).or_default();
            let entered = put_in(&mut lane.members, ids, limit);
            lane.delayed.retain(|id| !lane.members.contains(id));
            lane.watch_from(&entered, now);
            lane.most = lane.most.max(lane.members.len());
            Ok(entered)
        };
        self.faults.around("lanes.enter", enter).await
    }

    async fn leave(&self, tenant: &TenantId, ids: &[RequestId]) -> Result<(), PortError> {
        let leave = || {
            if let Some(lane) = self.lanes.lock().get_mut(tenant) {
                lane.members.retain(|id| !ids.contains(id));
                lane.delayed.retain(|id| !ids.contains(id));
            }
            Ok(())
        };
        self.faults.around("lanes.leave", leave).await
    }

    async fn members(&self, tenant: &TenantId) -> Result<BTreeSet<RequestId>, PortError> {
        let members = || {
            let lanes = self.lanes.lock();
            let members = lanes.get(tenant).map(|lane| &lane.members | &lane.delayed);
            Ok(members.unwrap_or_default())
        };
        self.faults.around("lanes.members", members).await
    }
}

#[async_trait]
impl DelayedMessages for MemoryLanes {
    async fn reserve(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        limit: u32,
        now: OffsetDateTime,
    ) -> Result<Vec<Entered>, PortError> {
        let reserve = || {
            let mut lanes = self.lanes.lock();
            let lane = lanes.entry(tenant.clone()).or_default();
            let entered = put_in(&mut lane.delayed, ids, limit);
            lane.watch_from(&entered, now);
            lane.most_delayed = lane.most_delayed.max(lane.delayed.len());
            Ok(entered)
        };
        self.faults.around("delayed.reserve", reserve).await
    }

    async fn hold(&self, tenant: &TenantId, now: OffsetDateTime) -> Result<(), PortError> {
        let hold = || {
            let mut lanes = self.lanes.lock();
            let lane = lanes.entry(tenant.clone()).or_default();
            lane.due_at = Some(now.truncate_to_second());
            Ok(())
        };
        self.faults.around("delayed.hold", hold).await
    }
}

#[async_trait]
impl WaitingRoom for MemoryLanes {
    async fn wait(&self, jobs: &[Job]) -> Result<(), PortError> {
        let wait = || {
            let jobs = jobs.iter().map(|job| (seat(job), job.clone()));
            self.waiting.lock().extend(jobs);
            Ok(())
        };
        self.faults.around("room.wait", wait).await
    }

    async fn first(
        &self,
        tenant: &TenantId,
        due_by: Option<OffsetDateTime>,
        count: usize,
    ) -> Result<Vec<Job>, PortError> {
        let first = || {
            let waiting = self.waiting.lock();
            let due = |job: &&Job| due_by.is_none_or(|moment| job.is_due(moment));
            let ours = waiting.values().filter(|job| &job.tenant == tenant);
            let ours = ours.filter(due);
            Ok(ours.take(count).cloned().collect())
        };
        self.faults.around("room.first", first).await
    }

    async fn remove(&self, jobs: &[Job]) -> Result<(), PortError> {
        let remove = || {
            let mut waiting = self.waiting.lock();
            for job in jobs {
                waiting.remove(&seat(job));
            }
            Ok(())
        };
        self.faults.around("room.remove", remove).await
    }
}

#[async_trait]
impl LaneWatch for MemoryLanes {
    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<DueLane>, PortError> {
        let due = || {
            let lanes = self.lanes.lock();
            let due = lanes.iter().filter_map(|(tenant, lane)| {
                let due_at = lane.due_at.filter(|due_at| *due_at <= now)?;
                let tenant = tenant.clone();
                Some(DueLane { tenant, due_at })
            });
            let mut due: Vec<_> = due.collect();
            due.sort_by_key(|lane| lane.due_at);
            due.truncate(limit);
            Ok(due)
        };
        self.faults.around("lanes.due", due).await
    }

    async fn defer(&self, lane: &DueLane, until: OffsetDateTime) -> Result<(), PortError> {
        let defer = || {
            let mut lanes = self.lanes.lock();
            let found = lanes.get_mut(&lane.tenant);
            let found = found.filter(|found| found.due_at == Some(lane.due_at));
            found.ok_or_else(conflict)?.due_at = Some(until.truncate_to_second());
            Ok(())
        };
        self.faults.around("lanes.defer", defer).await
    }

    async fn close(&self, found: &DueLane) -> Result<(), PortError> {
        let close = || {
            let mut lanes = self.lanes.lock();
            match lanes.get_mut(&found.tenant) {
                Some(lane) if !lane.members.is_empty() => Err(conflict()),
                Some(lane) if !lane.delayed.is_empty() => Err(conflict()),
                Some(lane) if lane.due_at.is_some_and(|at| at != found.due_at) => Err(conflict()),
                Some(lane) => {
                    lane.due_at = None;
                    Ok(())
                }
                None => Ok(()),
            }
        };
        self.faults.around("lanes.close", close).await
    }
}
