//! A gate with everything around it.

use std::sync::{Arc, Mutex};

use domain::ports::{Job, StuckTasks as _, TaskQueue as _, TaskStore as _};
use domain::task::{Priority, TaskResult};
use domain::{RequestId, Task, TenantId};
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{Faults, MemoryLanes, MemoryTaskQueue, MemoryTasks};
use time::Duration;

use crate::gate::Gate;
use crate::sweep::LaneSweep;

/// Long enough for a lane and for every stuck or waiting task to be looked at.
const LONG: Duration = Duration::hours(3);

pub(super) struct World {
    pub(super) gate: Gate,
    pub(super) lanes: Arc<MemoryLanes>,
    pub(super) tasks: Arc<MemoryTasks>,
    pub(super) queue: Arc<MemoryTaskQueue>,
    pub(super) clock: Arc<FixedClock>,
    pub(super) faults: Faults,
    pub(super) tenant: TenantId,
    /// Messages that the queue holds back until their tasks may run.
    early: Mutex<Vec<RequestId>>,
}

impl World {
    pub(super) fn new(limit: u32) -> Self {
        let faults = Faults::default();
        let lanes = Arc::new(MemoryLanes::new(&faults));
        let tasks = Arc::new(MemoryTasks::new(&faults));
        let queue = Arc::new(MemoryTaskQueue::new(&faults));
        let clock = Arc::new(FixedClock::at(NOW));
        let gate = Gate {
            lanes: lanes.clone(),
            delayed: lanes.clone(),
            room: lanes.clone(),
            queue: queue.clone(),
            stuck: tasks.clone(),
            clock: clock.clone(),
            limit,
        };
        Self {
            gate,
            lanes,
            tasks,
            queue,
            clock,
            faults,
            tenant: build::tenant(),
            early: Mutex::default(),
        }
    }

    /// A task that is stored and nothing else.
    pub(super) fn store(&self, priority: Priority) -> RequestId {
        let mut task = build::task(&self.tenant, "aggregate", json!({}));
        task.terms.priority = priority;
        task.created_at = domain::ports::Clock::now(self.clock.as_ref());
        self.tasks.put(task.clone());
        task.request_id
    }

    pub(super) fn task(&self, id: RequestId) -> Task {
        self.tasks.get(id).unwrap()
    }

    pub(super) fn job(&self, id: RequestId) -> Job {
        Job::from(&self.task(id))
    }

    pub(super) async fn submit(&self, priority: Priority) -> RequestId {
        let id = self.store(priority);
        self.gate.send(&self.job(id)).await.unwrap();
        id
    }

    pub(super) async fn submit_many(&self, count: usize) -> Vec<RequestId> {
        let mut ids = vec![];
        for _ in 0..count {
            ids.push(self.submit(Priority::Normal).await);
        }
        ids
    }

    /// Stores a task that is to run this much later, and nothing else.
    pub(super) fn store_later(&self, priority: Priority, wait: Duration) -> RequestId {
        let id = self.store(priority);
        let mut task = self.task(id);
        task.terms.run_at = Some(task.created_at + wait);
        self.tasks.put(task);
        id
    }

    pub(super) async fn submit_later(&self, priority: Priority, wait: Duration) -> RequestId {
        let id = self.store_later(priority, wait);
        self.gate.send(&self.job(id)).await.unwrap();
        id
    }

    /// What was sent since the last time.
    pub(super) fn sent(&self) -> Vec<RequestId> {
        self.queue.take().into_iter().map(|(_, id)| id).collect()
    }

    /// Ends a task, as a worker does.
    pub(super) fn end(&self, id: RequestId) {
        let mut task = self.task(id);
        let token = build::lease_token();
        let result = TaskResult::Inline { value: json!(1) };
        task.claim(token, NOW, Duration::MINUTE).unwrap();
        task.complete(token, result, NOW).unwrap();
        self.tasks.put(task);
    }

    /// A worker that has got a task's message. One that comes early it leaves to the queue.
    pub(super) async fn work(&self, id: RequestId) {
        let ended = self.task(id).status().is_terminal();
        if !ended && !self.is_due(id) {
            return self.early.lock().unwrap().push(id);
        }
        if !ended {
            match self.gate.admits(&self.job(id)).await {
                Ok(true) => self.end(id),
                Ok(false) => return,
                // The queue delivers it again.
                Err(_) => return self.queue.send(&self.job(id)).await.unwrap_or_default(),
            }
        }
        self.gate.release(&self.tenant, id).await;
    }

    fn is_due(&self, id: RequestId) -> bool {
        let now = domain::ports::Clock::now(self.clock.as_ref());
        self.task(id).terms.is_due(now)
    }

    /// The tasks that the sweep takes for stuck this much later.
    pub(super) async fn stuck_after(&self, wait: Duration) -> Vec<RequestId> {
        let found = self.tasks.due(NOW + wait, 1_000).await.unwrap();
        found.into_iter().map(|task| task.request_id).collect()
    }

    /// Workers take what is in the queue, and the sweeps run as time goes by, until nothing
    /// happens any more. Then every task has run, and nobody is in a lane or waits.
    pub(super) async fn come_to_rest(&self) {
        self.faults.clear();
        for _ in 0..4 {
            self.drain().await;
            self.clock.advance(LONG);
            self.sweep().await;
        }
        self.drain().await;
        for task in self.tasks.all() {
            let stored = self.tasks.load(&task.tenant, task.request_id).await;
            let stored = stored.unwrap().unwrap();
            assert!(
                stored.status().is_terminal(),
                "{} never ran",
                task.request_id
            );
        }
        assert_eq!(self.lanes.waiting(), []);
        assert_eq!(self.lanes.placed(), []);
        assert_eq!(self.lanes.delayed(), []);
        let limit = usize::try_from(self.gate.limit).unwrap();
        assert!(self.lanes.most() <= limit, "too many had places");
        assert!(
            self.lanes.most_delayed() <= limit,
            "too many were held back"
        );
    }

    /// Workers take what is in the queue, until there is nothing that is due.
    pub(super) async fn drain(&self) {
        let held_back = std::mem::take(&mut *self.early.lock().unwrap());
        for id in held_back {
            self.work(id).await;
        }
        loop {
            let sent = self.sent();
            if sent.is_empty() {
                return;
            }
            for id in sent {
                self.work(id).await;
            }
        }
    }

    /// Messages that are held back, now that workers have seen all that are sent.
    pub(super) fn held_back(&self) -> usize {
        self.early.lock().unwrap().len()
    }

    pub(super) async fn sweep(&self) {
        let now = domain::ports::Clock::now(self.clock.as_ref());
        for task in self.tasks.due(now, 1_000).await.unwrap() {
            let _ = self.gate.send(&Job::from(&task)).await;
        }
        let lanes = LaneSweep {
            gate: self.gate.clone(),
            watch: self.lanes.clone(),
            tasks: self.tasks.clone(),
        };
        lanes.run(now).await;
    }
}
