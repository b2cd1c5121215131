//! Counts and measures what becomes of tasks, by their writes.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{PortError, TaskStore};
use domain::task::{Phase, Status, Update};
use domain::{Architecture, LeaseToken, Prices, RequestId, Task, TenantId, Usage};
use emf::{Metric, Unit};
use time::OffsetDateTime;

use crate::Meter;
use crate::meter::{between, of};

const SUBMITTED: Metric = Metric::new("Submitted", Unit::Count);
const QUEUE_WAIT: Metric = Metric::new("QueueWait", Unit::Milliseconds);
const IN_FLIGHT: Metric = Metric::new("InFlight", Unit::Count);
const RUN_TIME: Metric = Metric::new("RunTime", Unit::Milliseconds);
const COMPLETED: Metric = Metric::new("Completed", Unit::Count);
const FAILED: Metric = Metric::new("Failed", Unit::Count);
const CANCELLED: Metric = Metric::new("Cancelled", Unit::Count);
const TIMED_OUT: Metric = Metric::new("TimedOut", Unit::Count);
const RETRIED: Metric = Metric::new("Retried", Unit::Count);
const REQUEUED: Metric = Metric::new("Requeued", Unit::Count);
const SPEND: Metric = Metric::new("Spend", Unit::None);

/// A task store whose writes are counted and measured, each once it has taken effect.
pub struct MeteredTasks {
    tasks: Arc<dyn TaskStore>,
    meter: Meter,
}

impl MeteredTasks {
    /// Measures what is written to this store.
    pub fn new(tasks: Arc<dyn TaskStore>, meter: &Meter) -> Self {
        let meter = meter.clone();
        Self { tasks, meter }
    }
}

#[async_trait]
impl TaskStore for MeteredTasks {
    async fn create(&self, task: &Task) -> Result<(), PortError> {
        self.tasks.create(task).await?;
        submitted(&self.meter, task);
        Ok(())
    }

    async fn load(&self, tenant: &TenantId, id: RequestId) -> Result<Option<Task>, PortError> {
        self.tasks.load(tenant, id).await
    }

    async fn replace(&self, task: &Task, from_version: u64) -> Result<(), PortError> {
        self.tasks.replace(task, from_version).await?;
        changed(&self.meter, task);
        Ok(())
    }

    async fn renew(
        &self,
        tenant: &TenantId,
        id: RequestId,
        token: LeaseToken,
        until: OffsetDateTime,
        usage: &Usage,
    ) -> Result<(), PortError> {
        self.tasks.renew(tenant, id, token, until, usage).await
    }
}

/// A new task.
pub(crate) fn submitted(meter: &Meter, task: &Task) {
    meter.by(&[("Kind", &task.kind)]).increment(&SUBMITTED);
}

/// The newest update says what has happened, the one before says to what.
fn changed(meter: &Meter, task: &Task) {
    let mut newest = task.updates.iter().rev();
    let (Some(now), Some(before)) = (newest.next(), newest.next()) else {
        return;
    };
    let was_running = before.phase == Some(Phase::Running);
    match (now.status, now.phase) {
        // Progress stays in the attempt, a claim begins one.
        (Status::Processing, Some(Phase::Running)) if now.attempt == before.attempt => {}
        (Status::Processing, Some(Phase::Running)) => claimed(meter, task, now, before),
        (Status::Processing, _) if was_running => {
            gave_back(meter, task, now);
            let code = code(now);
            meter
                .by(&[("Kind", &task.kind), ("Code", code)])
                .increment(&RETRIED);
        }
        (Status::Processing, _) => meter.by(&[("Kind", &task.kind)]).increment(&REQUEUED),
        _ => {
            if was_running {
                gave_back(meter, task, now);
            }
            ended(meter, task, now);
        }
    }
}

fn claimed(meter: &Meter, task: &Task, now: &Update, before: &Update) {
    let kind = meter.by(&[("Kind", &task.kind)]);
    kind.record(&IN_FLIGHT, of(meter.taken()));
    if before.phase == Some(Phase::Queued) {
        let visible = task
            .terms
            .run_at
            .map_or(before.at, |start| start.max(before.at));
        kind.record_millis(&QUEUE_WAIT, between(visible, now.at));
    }
}

fn gave_back(meter: &Meter, task: &Task, now: &Update) {
    meter.given_back();
    if let Some(started) = task.started_at {
        let kind = meter.by(&[("Kind", &task.kind)]);
        kind.record_millis(&RUN_TIME, between(started, now.at));
    }
}

fn ended(meter: &Meter, task: &Task, now: &Update) {
    // What it had used before an explicit retry was told when it ended then.
    let used = task.usage.beyond(task.used_before);
    let spend = used.cost(&Prices::us_east_1(Architecture::HERE));
    meter
        .by(&[("Kind", &task.kind)])
        .record(&SPEND, spend.dollars());
    let kind = ("Kind", task.kind.as_str());
    let metric = match now.status {
        Status::Failed => {
            meter.by(&[kind, ("Code", code(now))]).increment(&FAILED);
            return;
        }
        Status::Completed => &COMPLETED,
        Status::Cancelled => &CANCELLED,
        Status::TimedOut => &TIMED_OUT,
        Status::Processing => return,
    };
    meter.by(&[kind]).increment(metric);
}

fn code(update: &Update) -> &str {
    update.error.as_ref().map_or("none", |error| &error.code)
}

#[cfg(test)]
mod tests;
