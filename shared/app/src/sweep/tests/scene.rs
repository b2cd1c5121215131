//! A sweep with everything around it.

use std::sync::Arc;

use domain::ports::{ConnectionStore as _, SubmissionLedger as _, TicketStore as _};
use domain::{Connection, RequestId, Task};
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{
    Faults, MemoryConnections, MemoryEventSources, MemoryEvents, MemoryHeartbeats, MemoryPostings,
    MemoryQueueDepths, MemorySubmissions, MemoryTaskQueue, MemoryTasks, MemoryTickets,
};
use time::Duration;

use crate::sweep::{Sweep, Swept};
use crate::{CountConnections, ReadSystem, TellOperators};

pub(super) struct Scene {
    pub(super) sweep: Sweep,
    pub(super) tasks: Arc<MemoryTasks>,
    pub(super) queue: Arc<MemoryTaskQueue>,
    pub(super) connections: Arc<MemoryConnections>,
    pub(super) tickets: Arc<MemoryTickets>,
    pub(super) submissions: Arc<MemorySubmissions>,
    pub(super) events: Arc<MemoryEvents>,
    pub(super) clock: Arc<FixedClock>,
    pub(super) faults: Faults,
}

pub(super) fn scene() -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let queue = Arc::new(MemoryTaskQueue::new(&faults));
    let connections = Arc::new(MemoryConnections::new(&faults));
    let clock = Arc::new(FixedClock::at(NOW));
    let tickets = Arc::new(MemoryTickets::new(&faults));
    let submissions = Arc::new(MemorySubmissions::new(&Arc::default(), &faults));
    let events = Arc::new(MemoryEvents::new(&faults));
    let sweep = Sweep {
        stuck: tasks.clone(),
        queue: queue.clone(),
        stale: connections.clone(),
        connections: connections.clone(),
        lanes: None,
        tickets: tickets.clone(),
        idempotency_keys: submissions.clone(),
        roll_ups: events.clone(),
        operators: TellOperators {
            connections: connections.clone(),
            system: ReadSystem {
                queues: Arc::new(MemoryQueueDepths::new(&faults)),
                connections: CountConnections::quick(connections.clone(), clock.clone()),
                pool: Arc::new(MemoryHeartbeats::new(clock.clone(), &faults)),
                sources: Arc::new(MemoryEventSources::new(clock.clone(), &faults)),
                clock: clock.clone(),
            },
            postings: Arc::new(MemoryPostings::new(&faults)),
            clock: clock.clone(),
        },
        clock: clock.clone(),
    };
    Scene {
        sweep,
        tasks,
        queue,
        connections,
        tickets,
        submissions,
        events,
        clock,
        faults,
    }
}

impl Scene {
    /// A task whose message was never sent.
    pub(super) fn queued(&self) -> Task {
        let task = build::task(&build::tenant(), "aggregate", json!({}));
        self.tasks.put(task.clone());
        task
    }

    /// A task whose worker has died.
    pub(super) fn running(&self) -> Task {
        let mut task = self.queued();
        let lease = Duration::seconds(30);
        task.claim(build::lease_token(), NOW, lease).unwrap();
        self.tasks.put(task.clone());
        task
    }

    pub(super) async fn connected(&self) -> Connection {
        let connection = build::connection(&build::identity(&build::tenant()));
        self.connections.register(&connection).await.unwrap();
        connection
    }

    /// A ticket and an idempotency key that end in a minute.
    pub(super) async fn soon_expired(&self, name: &str) {
        let end = NOW + Duration::MINUTE;
        self.tickets.issue(&build::ticket(name, end)).await.unwrap();
        let (task, submission) = build::submission(&build::tenant(), name, end);
        let recorded = self.submissions.create_once(&task, &submission, NOW).await;
        recorded.unwrap();
    }

    pub(super) async fn run_after(&self, wait: Duration) -> Swept {
        self.clock.advance(wait);
        self.sweep.run().await
    }

    pub(super) fn sent(&self) -> Vec<RequestId> {
        let mut sent: Vec<_> = self.queue.take().into_iter().map(|(_, id)| id).collect();
        sent.sort_unstable();
        sent
    }
}

pub(super) fn tasks_of(swept: Swept) -> [usize; 3] {
    [swept.requeued, swept.dead_leases, swept.faults]
}
