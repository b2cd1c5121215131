//! A worker with everything around it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::kind::{FieldError, Kind, Registry, TaskContext};
use domain::ledger::charge;
use domain::ports::Announcement;
use domain::{Failure, Task, Usage};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use testkit::ambient::{Counting, TokioClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    Faults, MemoryCallbackQueue, MemoryDeliveries, MemoryReports, MemoryResults, MemoryTasks,
    MemoryUpdateQueue,
};
use tokio::time::{sleep, timeout};

use crate::Compute;
use crate::announce::Announcer;
use crate::run_task::{Delivery, LEASE, Outcome, Release, RunTask};

/// Memory of the worker's function.
pub(super) const MEMORY_MB: u32 = 512;

/// What a scripted task uses with every run.
pub(super) const WORK: Usage = Usage {
    s3_reads: 1,
    s3_bytes: 1_000,
    ..Usage::NONE
};

/// How a scripted task goes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    /// How long it takes.
    #[serde(default)]
    seconds: u64,
    /// How often it reports, a tenth of a second apart, from 1 percent up.
    #[serde(default)]
    reports: u8,
    /// Whether its result makes a report.
    #[serde(default)]
    report: bool,
    /// What comes of it.
    end: End,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum End {
    /// A text this long.
    Text(usize),
    Permanent,
    Transient,
    Panic,
}

/// Does what its input says.
struct Scripted {
    started: Arc<AtomicU32>,
    ended: Arc<AtomicU32>,
}

#[async_trait]
impl Kind for Scripted {
    const NAME: &'static str = "scripted";
    const COST_DRIVERS: &'static str = "nothing";
    type Input = Script;

    fn report_title(script: &Script) -> Option<String> {
        script.report.then(|| "A script".into())
    }

    fn check(_: &Script) -> Result<(), Vec<FieldError>> {
        Ok(())
    }

    async fn run(&self, context: &TaskContext, script: Script) -> Result<Value, Failure> {
        self.started.fetch_add(1, Ordering::Relaxed);
        charge(WORK);
        for percent in 1..=script.reports {
            context.report(percent, "working");
            sleep(Duration::from_millis(100)).await;
        }
        sleep(Duration::from_secs(script.seconds)).await;
        self.ended.fetch_add(1, Ordering::Relaxed);
        match script.end {
            End::Text(length) => Ok(json!({"text": "x".repeat(length)})),
            End::Permanent => Err(Failure::permanent("bad_data", "The data is bad.")),
            End::Transient => Err(Failure::transient("away", "The server is away.")),
            End::Panic => panic!("a defect"),
        }
    }
}

/// Never ends by itself.
struct Brief;

#[async_trait]
impl Kind for Brief {
    const NAME: &'static str = "brief";
    const COST_DRIVERS: &'static str = "nothing";
    type Input = Value;
    const LONGEST_RUN: Option<Duration> = Some(Duration::from_secs(10));

    fn check(_: &Value) -> Result<(), Vec<FieldError>> {
        Ok(())
    }

    async fn run(&self, _: &TaskContext, _: Value) -> Result<Value, Failure> {
        std::future::pending().await
    }
}

/// A worker and what is around it.
pub(super) struct Scene {
    pub(super) worker: RunTask,
    pub(super) tasks: Arc<MemoryTasks>,
    pub(super) results: Arc<MemoryResults>,
    pub(super) reports: Arc<MemoryReports>,
    pub(super) updates: Arc<MemoryUpdateQueue>,
    pub(super) callbacks: Arc<MemoryCallbackQueue>,
    pub(super) deliveries: Arc<MemoryDeliveries>,
    pub(super) faults: Faults,
    started: Arc<AtomicU32>,
    ended: Arc<AtomicU32>,
    pub(super) task: Task,
}

impl Scene {
    /// One task with this script waits in the store.
    pub(super) fn of(script: Value) -> Self {
        Self::with("scripted", script)
    }

    pub(super) fn with(kind: &str, input: Value) -> Self {
        let faults = Faults::default();
        let (started, ended) = (Arc::default(), Arc::default());
        let kinds = Registry::default()
            .with(Scripted {
                started: Arc::clone(&started),
                ended: Arc::clone(&ended),
            })
            .with(Brief);
        let tasks = Arc::new(MemoryTasks::new(&faults));
        let task = build::task(&build::tenant(), kind, input);
        tasks.put(task.clone());
        let results = Arc::new(MemoryResults::new(&faults));
        let reports = Arc::new(MemoryReports::new(&faults));
        let updates = Arc::new(MemoryUpdateQueue::new(&faults));
        let callbacks = Arc::new(MemoryCallbackQueue::new(&faults));
        let deliveries = Arc::new(MemoryDeliveries::new(&faults));
        let worker = RunTask {
            registry: kinds,
            tasks: tasks.clone(),
            watch: tasks.clone(),
            late_usage: tasks.clone(),
            results: results.clone(),
            reports: reports.clone(),
            announcer: Announcer {
                updates: updates.clone(),
                callbacks: callbacks.clone(),
            },
            deliveries: deliveries.clone(),
            gate: None,
            compute: Compute::lambda(MEMORY_MB),
            clock: Arc::new(TokioClock::at(NOW)),
            entropy: Arc::new(Counting::default()),
            release: Release::never(),
        };
        Self {
            worker,
            tasks,
            results,
            reports,
            updates,
            callbacks,
            deliveries,
            faults,
            started,
            ended,
            task,
        }
    }

    /// The message, as delivered the `count`-th time.
    pub(super) fn delivery(&self, count: u32) -> Delivery {
        Delivery {
            tenant: self.task.tenant.clone(),
            request_id: self.task.request_id,
            receipt: format!("receipt-{count}"),
            receive_count: count,
            until: None,
        }
    }

    pub(super) async fn deliver(&self, count: u32) -> Outcome {
        self.worker.run(&self.delivery(count)).await
    }

    /// Delivers the message as a queue does, until it is acknowledged or has come too often. A
    /// call that never returns counts as a crash. Gives the last outcome and how often the
    /// message was delivered.
    pub(super) async fn deliver_until_done(&self) -> (Option<Outcome>, u32) {
        for count in 1..=8 {
            match timeout(Duration::from_hours(1), self.deliver(count)).await {
                Ok(Outcome::Later(wait)) => sleep(wait.unsigned_abs()).await,
                Ok(outcome) => return (Some(outcome), count),
                Err(_crashed) => sleep(LEASE.unsigned_abs()).await,
            }
        }
        (None, 8)
    }

    /// The task as it is stored.
    pub(super) fn stored(&self) -> Task {
        self.tasks.get(self.task.request_id).unwrap()
    }

    /// How often the kind's code began, and how often it came to its end.
    pub(super) fn runs(&self) -> (u32, u32) {
        let load = |count: &AtomicU32| count.load(Ordering::Relaxed);
        (load(&self.started), load(&self.ended))
    }

    /// Changes the stored task behind the worker's back.
    pub(super) fn meddle(&self, change: impl FnOnce(&mut Task)) {
        let mut task = self.stored();
        change(&mut task);
        self.tasks.put(task);
    }

    /// Checks what must hold of every ended task, whatever happened on the way.
    pub(super) fn check_one_end(&self, told: &[Announcement]) {
        let task = self.stored();
        let versions: Vec<_> = task.updates.iter().map(|update| update.version).collect();
        let all: Vec<_> = (1..=task.version).collect();
        assert_eq!(versions, all, "the history has every version once");
        let ends = task.updates.iter().filter(|u| u.status.is_terminal());
        assert_eq!(ends.count(), 1, "there is one end");
        for announcement in told {
            let known = task.updates.contains(&announcement.update);
            assert!(
                known,
                "announced, but not stored: {:?}",
                announcement.update
            );
        }
        let last = told.iter().find(|told| told.update.version == task.version);
        let last = last.expect("the end is announced");
        assert_eq!(last.result.as_ref(), task.state.result());
    }
}
