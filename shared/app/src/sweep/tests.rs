use domain::connection::LIFETIME;
use domain::ports::{
    EventLog as _, OutdatedHours, PortError, SubmissionLedger as _, TaskStore as _,
    TicketStore as _,
};
use domain::{Connection, RequestId, Task, Topic};
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{
    Fault, Faults, MemoryConnections, MemoryEventSources, MemoryEvents, MemoryHeartbeats,
    MemoryPostings, MemoryQueueDepths, MemorySubmissions, MemoryTaskQueue, MemoryTasks,
    MemoryTickets,
};
use time::Duration;

use super::*;
use crate::{CountConnections, ReadSystem};

struct Scene {
    sweep: Sweep,
    tasks: Arc<MemoryTasks>,
    queue: Arc<MemoryTaskQueue>,
    connections: Arc<MemoryConnections>,
    tickets: Arc<MemoryTickets>,
    submissions: Arc<MemorySubmissions>,
    events: Arc<MemoryEvents>,
    clock: Arc<FixedClock>,
    faults: Faults,
}

fn scene() -> Scene {
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
    fn queued(&self) -> Task {
        let task = build::task(&build::tenant(), "aggregate", json!({}));
        self.tasks.put(task.clone());
        task
    }

    /// A task whose worker has died.
    fn running(&self) -> Task {
        let mut task = self.queued();
        let lease = Duration::seconds(30);
        task.claim(build::lease_token(), NOW, lease).unwrap();
        self.tasks.put(task.clone());
        task
    }

    async fn connected(&self) -> Connection {
        let connection = build::connection(&build::identity(&build::tenant()));
        self.connections.register(&connection).await.unwrap();
        connection
    }

    /// A ticket and an idempotency key that end in a minute.
    async fn soon_expired(&self, name: &str) {
        let end = NOW + Duration::MINUTE;
        self.tickets.issue(&build::ticket(name, end)).await.unwrap();
        let (task, submission) = build::submission(&build::tenant(), name, end);
        let recorded = self.submissions.create_once(&task, &submission, NOW).await;
        recorded.unwrap();
    }

    async fn run_after(&self, wait: Duration) -> Swept {
        self.clock.advance(wait);
        self.sweep.run().await
    }

    fn sent(&self) -> Vec<RequestId> {
        let mut sent: Vec<_> = self.queue.take().into_iter().map(|(_, id)| id).collect();
        sent.sort_unstable();
        sent
    }
}

fn tasks_of(swept: Swept) -> [usize; 3] {
    [swept.requeued, swept.dead_leases, swept.faults]
}

#[tokio::test]
async fn with_nothing_left_behind_nothing_is_done() {
    let scene = scene();
    scene.queued();
    scene.connected().await;
    assert_eq!(scene.sweep.run().await, Swept::default());
    assert_eq!(scene.faults.calls().len(), 7, "six lists, one registration");
}

#[tokio::test]
async fn what_is_left_behind_is_picked_up() {
    let scene = scene();
    let (queued, running) = (scene.queued(), scene.running());
    let ended = scene.connected().await;
    let swept = scene.run_after(LIFETIME).await;
    let open = Connection {
        connected_at: NOW + LIFETIME,
        ..build::connection(&ended.identity)
    };
    scene.connections.register(&open).await.unwrap();
    let expected = Swept {
        requeued: 1,
        dead_leases: 1,
        connections_removed: 1,
        ..Swept::default()
    };
    assert_eq!(swept, expected);
    assert_eq!(scene.sent(), [queued.request_id, running.request_id]);
    assert_eq!(scene.sweep.run().await, Swept::default());
    assert_eq!(scene.connections.ids(), [open.id]);
}

/// Its version, history and state are for workers to change.
#[tokio::test]
async fn a_task_sent_again_is_as_it_was() {
    let scene = scene();
    let queued = scene.queued();
    scene.run_after(Duration::HOUR).await;
    let stored = scene.tasks.load(&queued.tenant, queued.request_id).await;
    assert_eq!(stored.unwrap(), Some(queued));
}

#[tokio::test]
async fn a_task_that_stays_stuck_is_sent_ever_more_rarely() {
    let scene = scene();
    let task = scene.queued();
    let mut minutes = Vec::new();
    for minute in 1..=200 {
        scene.run_after(Duration::MINUTE).await;
        if scene.sent() == [task.request_id] {
            minutes.push(minute);
        }
    }
    assert_eq!(minutes, [2, 4, 8, 16, 32, 64, 124, 184]);
}

#[tokio::test]
async fn sweeps_at_once_send_a_task_once() {
    let scene = scene();
    let task = scene.queued();
    scene.clock.advance(Duration::HOUR);
    let (one, other) = tokio::join!(scene.sweep.run(), scene.sweep.run());
    assert_eq!(one.requeued + other.requeued, 1);
    assert_eq!(one.faults + other.faults, 0);
    assert_eq!(scene.sent(), [task.request_id]);
}

#[tokio::test]
async fn a_fault_stops_only_what_it_hits() {
    for call in ["stuck.defer", "queue.send"] {
        let scene = scene();
        let tasks = [scene.queued(), scene.queued(), scene.queued()];
        scene.connected().await;
        scene.faults.on(call, 2, Fault::Unavailable);
        let swept = scene.run_after(LIFETIME).await;
        assert_eq!(tasks_of(swept), [2, 0, 1], "{call}");
        assert_eq!(swept.connections_removed, 1, "{call}");
        let mut sent = scene.sent();
        // Within the longest wait between two looks it is sent too.
        let later = scene.run_after(Duration::minutes(61)).await;
        assert_eq!(later.faults, 0, "{call}");
        sent.extend(scene.sent());
        assert!(
            tasks.iter().all(|task| sent.contains(&task.request_id)),
            "{call}"
        );
    }
}

#[tokio::test]
async fn a_list_that_fails_leaves_the_other_alone() {
    let scene = scene();
    let task = scene.queued();
    scene.connected().await;
    scene.faults.on("stuck.due", 1, Fault::Broken);
    let swept = scene.run_after(LIFETIME).await;
    assert_eq!((swept.connections_removed, swept.faults), (1, 1));
    assert_eq!(scene.sent(), []);

    scene.faults.on("connections.stale", 1, Fault::Unavailable);
    assert_eq!(tasks_of(scene.sweep.run().await), [1, 0, 1]);
    assert_eq!(scene.sent(), [task.request_id]);
}

#[tokio::test]
async fn a_connection_that_cannot_be_removed_is_next_time() {
    let scene = scene();
    scene.connected().await;
    scene.connected().await;
    scene.faults.on("connections.remove", 1, Fault::Unavailable);
    let swept = scene.run_after(LIFETIME).await;
    assert_eq!((swept.connections_removed, swept.faults), (1, 1));
    let swept = scene.sweep.run().await;
    assert_eq!((swept.connections_removed, swept.faults), (1, 0));
    assert_eq!(scene.connections.ids(), []);
}

#[tokio::test]
async fn a_run_is_bounded_and_the_next_goes_on() {
    let scene = scene();
    for _ in 0..=MOST_TASKS {
        scene.queued();
    }
    assert_eq!(scene.run_after(Duration::HOUR).await.requeued, MOST_TASKS);
    assert_eq!(scene.sweep.run().await.requeued, 1);
}

#[tokio::test]
async fn what_has_expired_is_removed_each_kind_counted() {
    let scene = scene();
    for name in ["one", "other"] {
        scene.soon_expired(name).await;
    }
    let live = build::ticket("live", NOW + Duration::DAY);
    scene.tickets.issue(&live).await.unwrap();
    assert_eq!(scene.sweep.run().await, Swept::default());
    let swept = scene.run_after(Duration::MINUTE).await;
    let expected = Swept {
        tickets_removed: 2,
        keys_removed: 2,
        ..Swept::default()
    };
    assert_eq!(swept, expected);
    assert_eq!(scene.sweep.run().await, Swept::default());
    let redeemed = scene.tickets.redeem("live", NOW).await.unwrap();
    assert_eq!(redeemed, Some(live.identity));
}

/// It waits for the next run, and stops nothing else.
#[tokio::test]
async fn what_cannot_be_removed_is_next_time() {
    for call in [
        "tickets.expired",
        "tickets.discard",
        "submissions.expired",
        "submissions.discard",
    ] {
        let scene = scene();
        scene.soon_expired("one").await;
        scene.faults.on(call, 1, Fault::Unavailable);
        let swept = scene.run_after(Duration::MINUTE).await;
        let removed = swept.tickets_removed + swept.keys_removed;
        assert_eq!((removed, swept.faults), (1, 1), "{call}");
        let swept = scene.sweep.run().await;
        let removed = swept.tickets_removed + swept.keys_removed;
        assert_eq!((removed, swept.faults), (1, 0), "{call}");
    }
}

#[tokio::test]
async fn what_has_expired_is_removed_a_bounded_number_at_a_time() {
    let scene = scene();
    for n in 0..=MOST_EXPIRED {
        let ticket = build::ticket(&format!("ticket-{n}"), NOW);
        scene.tickets.issue(&ticket).await.unwrap();
    }
    let swept = scene.run_after(Duration::MINUTE).await;
    assert_eq!(swept.tickets_removed, MOST_EXPIRED);
    assert_eq!(scene.sweep.run().await.tickets_removed, 1);
}

/// Ten minutes before its time, so that it is at a worker by then.
#[tokio::test]
async fn a_task_that_is_to_run_later_is_sent_when_it_is_time() {
    let scene = scene();
    let mut task = scene.queued();
    task.terms.run_at = Some(NOW + Duration::hours(3));
    scene.tasks.put(task.clone());
    scene.run_after(Duration::minutes(169)).await;
    assert_eq!(scene.sent(), []);
    scene.run_after(Duration::MINUTE).await;
    assert_eq!(scene.sent(), [task.request_id]);
    scene.run_after(Duration::minutes(10)).await;
    assert_eq!(scene.sent(), [], "once is enough");
}

/// The worker that gets the message ends it as timed out.
#[tokio::test]
async fn a_task_whose_deadline_has_passed_is_sent_though_it_is_not_stuck_yet() {
    let scene = scene();
    let mut task = scene.queued();
    task.terms.deadline = Some(NOW + Duration::seconds(30));
    scene.tasks.put(task.clone());
    scene.run_after(Duration::MINUTE).await;
    assert_eq!(scene.sent(), [task.request_id]);
}

#[tokio::test]
async fn operators_who_listen_are_told_and_their_queue_is_a_fault_of_its_own() {
    let scene = scene();
    assert!(!scene.sweep.run().await.operators_told);
    let page = scene.connected().await;
    scene.connections.subscribe(&page.id, Topic::Operators);
    assert!(scene.sweep.run().await.operators_told);
    scene.faults.always("postings.send", Fault::Unavailable);
    let swept = scene.sweep.run().await;
    assert_eq!((swept.operators_told, swept.faults), (false, 1));
}

/// An hour of each of these days has a request.
async fn touch(scene: &Scene, days: &[&str]) {
    let events: Vec<_> = days
        .iter()
        .map(|day| build::request(day, &format!("{day}T12:00:00Z"), "ann", 1.0))
        .collect();
    scene
        .events
        .append(&build::tenant(), &events)
        .await
        .unwrap();
}

#[tokio::test]
async fn outdated_hours_are_rolled_up_once() {
    let scene = scene();
    touch(&scene, &["2026-02-01", "2026-02-02"]).await;
    let swept = scene.sweep.run().await;
    assert_eq!((swept.hours_rolled_up, swept.faults), (2, 0));
    assert_eq!(scene.sweep.run().await, Swept::default());
}

#[tokio::test]
async fn hours_that_fail_come_last_and_hold_up_no_other() {
    let scene = scene();
    touch(&scene, &["2026-02-01", "2026-02-02"]).await;
    scene.faults.on("events.roll_up", 1, Fault::Unavailable);
    let swept = scene.sweep.run().await;
    assert_eq!((swept.hours_rolled_up, swept.faults), (1, 1));
    let swept = scene.sweep.run().await;
    assert_eq!((swept.hours_rolled_up, swept.faults), (1, 0));
    for (call, faults) in [("events.outdated", 1), ("events.postpone", 2)] {
        let scene = self::scene();
        touch(&scene, &["2026-02-01"]).await;
        scene.faults.on("events.roll_up", 1, Fault::Unavailable);
        scene.faults.on(call, 1, Fault::Unavailable);
        assert_eq!(scene.sweep.run().await.faults, faults, "{call}");
    }
}

/// Rolls up each day in so long.
struct Slow(Duration, Arc<MemoryEvents>);

#[async_trait::async_trait]
impl RollUps for Slow {
    async fn outdated(&self, most_hours: usize) -> Result<Vec<OutdatedHours>, PortError> {
        self.1.outdated(most_hours).await
    }

    async fn roll_up(&self, outdated: &OutdatedHours) -> Result<(), PortError> {
        tokio::time::sleep(self.0.unsigned_abs()).await;
        self.1.roll_up(outdated).await
    }

    async fn postpone(&self, outdated: &OutdatedHours) -> Result<(), PortError> {
        self.1.postpone(outdated).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_in_time_however_much_is_outdated() {
    for (each, rolled_up, faults) in [(3, 6, 0), (8, 2, 0), (30, 0, 1)] {
        let mut scene = scene();
        let days: Vec<_> = (1..=28).map(|day| format!("2026-02-{day:02}")).collect();
        touch(&scene, &days.iter().map(String::as_str).collect::<Vec<_>>()).await;
        scene.sweep.roll_ups = Arc::new(Slow(Duration::seconds(each), scene.events.clone()));
        let began = tokio::time::Instant::now();
        let swept = scene.sweep.run().await;
        assert!(
            began.elapsed() <= std::time::Duration::from_secs(21),
            "{each}"
        );
        assert_eq!(
            (swept.hours_rolled_up, swept.faults),
            (rolled_up, faults),
            "{each}"
        );
    }
}
