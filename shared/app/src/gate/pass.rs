//! In: a task gets a place, or waits.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::lanes::{look_at_sent, look_at_waiting, rank};
use domain::ports::{Entered, Job, PortError, TaskQueue};
use domain::{RequestId, TenantId, causes};
use futures::StreamExt as _;
use futures::stream;
use time::OffsetDateTime;

use super::Gate;

/// How many waiting tasks are postponed at once.
const AT_ONCE: usize = 16;

/// A queue that holds no more tasks of a tenant than its lane has places: whoever sends to it need
/// not know.
#[async_trait]
impl TaskQueue for Gate {
    async fn send(&self, job: &Job) -> Result<(), PortError> {
        let sent = self.pass(&job.tenant, vec![job.clone()]).await;
        sent.into_values().next().unwrap_or(Ok(()))
    }

    async fn send_all(&self, jobs: &[Job]) -> Vec<Result<(), PortError>> {
        let mut tenants: BTreeMap<&TenantId, Vec<Job>> = BTreeMap::new();
        for job in jobs {
            tenants.entry(&job.tenant).or_default().push(job.clone());
        }
        let mut outcomes = BTreeMap::new();
        for (tenant, jobs) in tenants {
            outcomes.extend(self.pass(tenant, jobs).await);
        }
        let outcome = |job: &Job| match outcomes.get(&job.request_id) {
            Some(Err(error)) => Err(error.again()),
            Some(Ok(())) | None => Ok(()),
        };
        jobs.iter().map(outcome).collect()
    }
}

/// One outcome for each task.
type Outcomes = BTreeMap<RequestId, Result<(), PortError>>;

impl Gate {
    /// Whether the task may run now: it has a place. Otherwise it waits for one, and will be sent.
    ///
    /// One call where it has a place already.
    pub async fn admits(&self, job: &Job) -> Result<bool, PortError> {
        let jobs = vec![job.clone()];
        if !self.enter(&job.tenant, &jobs).await?.is_empty() {
            return Ok(true);
        }
        self.room.wait(&jobs).await?;
        self.postpone(job).await;
        if self.enter(&job.tenant, &jobs).await?.is_empty() {
            return Ok(false);
        }
        self.room.remove(&jobs).await?;
        Ok(true)
    }

    /// Sends the tasks of one tenant for which there are places and has the others wait.
    ///
    /// Those that wait try once more to enter after they can be seen waiting: somebody who ended
    /// before that has seen nobody to let in.
    ///
    /// A task that is to run later takes no place until then: its message is sent, and a worker
    /// finds it a place when its time has come.
    async fn pass(&self, tenant: &TenantId, mut jobs: Vec<Job>) -> Outcomes {
        jobs.sort_by_key(|job| (rank(job), job.request_id));
        jobs.dedup_by_key(|job| job.request_id);
        let now = self.clock.now();
        let later: Vec<_> = jobs.extract_if(.., |job| !job.is_due(now)).collect();
        let mut outcomes = self.dispatch(&later).await;
        outcomes.extend(self.pass_due(tenant, jobs).await);
        outcomes
    }

    async fn pass_due(&self, tenant: &TenantId, jobs: Vec<Job>) -> Outcomes {
        if jobs.is_empty() {
            return Outcomes::new();
        }
        let admitted = match self.enter(tenant, &jobs).await {
            Ok(admitted) => admitted,
            Err(error) => return same(&jobs, &error),
        };
        let (ready, late): (Vec<_>, Vec<_>) = jobs
            .into_iter()
            .partition(|job| admitted.contains(&job.request_id));
        let mut outcomes = self.dispatch(&ready).await;
        outcomes.extend(self.park(tenant, late).await);
        outcomes
    }

    async fn park(&self, tenant: &TenantId, jobs: Vec<Job>) -> Outcomes {
        if jobs.is_empty() {
            return Outcomes::new();
        }
        if let Err(error) = self.room.wait(&jobs).await {
            return same(&jobs, &error);
        }
        // Before the second try: whoever lets one of them in after that also has it looked at soon.
        let postponed: Vec<_> = jobs.iter().map(|job| self.postpone(job)).collect();
        all(postponed).await;
        let admitted = self.enter(tenant, &jobs).await.unwrap_or_else(|error| {
            tracing::warn!(error = causes(&error), "tasks wait without a second try");
            BTreeSet::new()
        });
        let (ready, waiting): (Vec<_>, Vec<_>) = jobs
            .into_iter()
            .partition(|job| admitted.contains(&job.request_id));
        let mut outcomes = self.dispatch(&ready).await;
        self.forget(ready, &outcomes).await;
        outcomes.extend(waiting.into_iter().map(|job| (job.request_id, Ok(()))));
        outcomes
    }

    /// Those of the tasks that have a place.
    async fn enter(
        &self,
        tenant: &TenantId,
        jobs: &[Job],
    ) -> Result<BTreeSet<RequestId>, PortError> {
        let ids: Vec<_> = jobs.iter().map(|job| job.request_id).collect();
        let now = self.clock.now();
        let entered = self.lanes.enter(tenant, &ids, self.limit, now).await?;
        let placed = ids.into_iter().zip(entered);
        let placed = placed.filter(|(_, entered)| Entered::has_place(*entered));
        Ok(placed.map(|(id, _)| id).collect())
    }

    pub(super) async fn dispatch(&self, jobs: &[Job]) -> Outcomes {
        if jobs.is_empty() {
            return Outcomes::new();
        }
        let sent = self.queue.send_all(jobs).await;
        jobs.iter().map(|job| job.request_id).zip(sent).collect()
    }

    /// Has those wait no more that were sent. Where that fails they are sent once more later.
    ///
    /// From then on they can be stuck like any other: their message may reach a worker that dies.
    pub(super) async fn forget(&self, mut jobs: Vec<Job>, outcomes: &Outcomes) {
        jobs.retain(|job| outcomes.get(&job.request_id).is_none_or(Result::is_ok));
        if jobs.is_empty() {
            return;
        }
        let until = look_at_sent(self.clock.now());
        let watched: Vec<_> = jobs.iter().map(|job| self.look_at(job, until)).collect();
        let (removed, ()) = tokio::join!(self.room.remove(&jobs), all(watched));
        if let Err(error) = removed {
            tracing::warn!(error = causes(&error), "tasks that were sent still wait");
        }
    }

    /// A waiting task is not stuck. Where this fails, or it has begun to run, the sweep sends it
    /// here again and finds out.
    async fn postpone(&self, job: &Job) {
        let until = look_at_waiting(job.request_id, self.clock.now());
        self.look_at(job, until).await;
    }

    async fn look_at(&self, job: &Job, until: OffsetDateTime) {
        let postponed = self
            .stuck
            .postpone(&job.tenant, job.request_id, until)
            .await;
        match postponed {
            Ok(()) | Err(PortError::Conflict { .. }) => {}
            Err(error) => tracing::warn!(
                error = causes(&error),
                "when to look at a task was not changed"
            ),
        }
    }
}

async fn all(futures: Vec<impl Future<Output = ()>>) {
    let mut futures = stream::iter(futures).buffer_unordered(AT_ONCE);
    while futures.next().await.is_some() {}
}

fn same(jobs: &[Job], error: &PortError) -> Outcomes {
    let all = jobs.iter().map(|job| (job.request_id, Err(error.again())));
    all.collect()
}
