//! In: a task gets a place or a message that is held back, or waits.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::lanes::{look_at_sent, look_at_waiting, rank, when_due};
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

/// When a task that is let in may run.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    /// At once: it needs a place.
    Now,
    /// Later: until then the queue holds its message back, of which there may be only so many.
    Later,
}

/// One outcome for each task.
type Outcomes = BTreeMap<RequestId, Result<(), PortError>>;

impl Gate {
    /// Whether the task may run now: it has a place. Otherwise it waits for one, and will be sent.
    ///
    /// One call where it has a place already.
    pub async fn admits(&self, job: &Job) -> Result<bool, PortError> {
        let jobs = vec![when_due(job.clone(), self.clock.now())];
        let admitted = self.admit(&job.tenant, &jobs, Way::Now).await?;
        if !admitted.is_empty() {
            return Ok(true);
        }
        self.room.wait(&jobs).await?;
        self.postpone(job).await;
        let admitted = self.admit(&job.tenant, &jobs, Way::Now).await?;
        if admitted.is_empty() {
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
    /// A task that is to run later takes no place until then. Its message is sent while few enough
    /// of its tenant are held back, and a worker finds it a place when its time has come; otherwise
    /// it waits for its time as others wait for a place.
    async fn pass(&self, tenant: &TenantId, jobs: Vec<Job>) -> Outcomes {
        let now = self.clock.now();
        let jobs = jobs.into_iter().map(|job| when_due(job, now));
        let mut jobs: Vec<_> = jobs.collect();
        jobs.sort_by_key(|job| (rank(job), job.request_id));
        jobs.dedup_by_key(|job| job.request_id);
        let later: Vec<_> = jobs.extract_if(.., |job| !job.is_due(now)).collect();
        let mut outcomes = self.pass_on(tenant, later, Way::Later).await;
        outcomes.extend(self.pass_on(tenant, jobs, Way::Now).await);
        outcomes
    }

    async fn pass_on(&self, tenant: &TenantId, jobs: Vec<Job>, way: Way) -> Outcomes {
        if jobs.is_empty() {
            return Outcomes::new();
        }
        let admitted = match self.admit(tenant, &jobs, way).await {
            Ok(admitted) => admitted,
            Err(error) => return same(&jobs, &error),
        };
        let (ready, late): (Vec<_>, Vec<_>) = jobs
            .into_iter()
            .partition(|job| admitted.contains(&job.request_id));
        let mut outcomes = self.dispatch(&ready).await;
        outcomes.extend(self.park(tenant, late, way).await);
        outcomes
    }

    async fn park(&self, tenant: &TenantId, jobs: Vec<Job>, way: Way) -> Outcomes {
        if jobs.is_empty() {
            return Outcomes::new();
        }
        if let Err(error) = self.have_wait(tenant, &jobs, way).await {
            return same(&jobs, &error);
        }
        // Before the second try: whoever lets one of them in after that also has it looked at soon.
        let postponed: Vec<_> = jobs.iter().map(|job| self.postpone(job)).collect();
        all(postponed).await;
        let admitted = self.admit(tenant, &jobs, way).await;
        let admitted = admitted.unwrap_or_else(|error| {
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

    /// Nobody who ends lets those in that are not due: the sweep looks at the lane for them, from
    /// when they can be seen waiting.
    async fn have_wait(&self, tenant: &TenantId, jobs: &[Job], way: Way) -> Result<(), PortError> {
        self.room.wait(jobs).await?;
        match way {
            Way::Now => Ok(()),
            Way::Later => self.delayed.hold(tenant, self.clock.now()).await,
        }
    }

    /// Those of the tasks that have a place, or may have a message that is held back.
    pub(super) async fn admit(
        &self,
        tenant: &TenantId,
        jobs: &[Job],
        way: Way,
    ) -> Result<BTreeSet<RequestId>, PortError> {
        let ids: Vec<_> = jobs.iter().map(|job| job.request_id).collect();
        let now = self.clock.now();
        let entered = match way {
            Way::Now => self.lanes.enter(tenant, &ids, self.limit, now),
            Way::Later => self.delayed.reserve(tenant, &ids, self.limit, now),
        };
        let entered = entered.await?;
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
        let now = self.clock.now();
        let since = job.run_at.map_or(now, |at| at.max(now));
        let until = look_at_waiting(job.request_id, since);
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
