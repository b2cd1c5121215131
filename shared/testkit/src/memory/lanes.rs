//! Lanes and their waiting rooms in memory.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::lanes::{first_look, rank};
use domain::ports::{DueLane, Entered, Job, LaneWatch, Lanes, PortError, WaitingRoom};
use domain::{RequestId, TenantId};
use time::OffsetDateTime;

use super::{Faults, Kept};

#[derive(Debug, Default)]
struct Lane {
    members: BTreeSet<RequestId>,
    due_at: Option<OffsetDateTime>,
    most: usize,
}

/// Keeps lanes and who waits. Calls are named `lanes.enter`, `.leave`, `.members`, `.due`,
/// `.defer`, `.close`, `room.wait`, `.first`, `.remove`.
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
            let mut one = |id: &RequestId| {
                if lane.members.contains(id) {
                    Entered::Already
                } else if lane.members.len() < usize::try_from(limit).unwrap_or(usize::MAX) {
                    lane.members.insert(*id);
                    Entered::New
                } else {
                    Entered::Full
                }
            };
            let entered: Vec<_> = ids.iter().map(&mut one).collect();
            if entered.contains(&Entered::New) {
                lane.due_at = lane.due_at.or(Some(first_look(now)));
            }
            lane.most = lane.most.max(lane.members.len());
            Ok(entered)
        };
        self.faults.around("lanes.enter", enter).await
    }

    async fn leave(&self, tenant: &TenantId, ids: &[RequestId]) -> Result<(), PortError> {
        let leave = || {
            if let Some(lane) = self.lanes.lock().get_mut(tenant) {
                lane.members.retain(|id| !ids.contains(id));
            }
            Ok(())
        };
        self.faults.around("lanes.leave", leave).await
    }

    async fn members(&self, tenant: &TenantId) -> Result<BTreeSet<RequestId>, PortError> {
        let members = || {
            let lanes = self.lanes.lock();
            let members = lanes.get(tenant).map(|lane| lane.members.clone());
            Ok(members.unwrap_or_default())
        };
        self.faults.around("lanes.members", members).await
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

    async fn first(&self, tenant: &TenantId, count: usize) -> Result<Vec<Job>, PortError> {
        let first = || {
            let waiting = self.waiting.lock();
            let ours = waiting.values().filter(|job| &job.tenant == tenant);
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

    async fn close(&self, tenant: &TenantId) -> Result<(), PortError> {
        let close = || {
            let mut lanes = self.lanes.lock();
            match lanes.get_mut(tenant) {
                Some(lane) if !lane.members.is_empty() => Err(conflict()),
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
