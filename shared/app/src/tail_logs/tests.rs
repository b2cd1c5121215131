use std::sync::Arc;

use domain::ports::ConnectionStore as _;
use domain::{ConnectionId, Event, TenantId};
use serde_json::{Value, json};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemoryConnections, MemoryPostings};

use super::feeds::{FRAMES_PER_SECOND, HOLDS, LINES_PER_SECOND};
use super::*;

struct Scene {
    tail: TailLogs,
    connections: Arc<MemoryConnections>,
    postings: Arc<MemoryPostings>,
    clock: Arc<FixedClock>,
    faults: Faults,
    tenant: TenantId,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let connections = Arc::new(MemoryConnections::new(&faults));
    let postings = Arc::new(MemoryPostings::new(&faults));
    let clock = Arc::new(FixedClock::at(NOW));
    let tail = TailLogs::new(connections.clone(), postings.clone(), clock.clone());
    Scene {
        tail,
        connections,
        postings,
        clock,
        faults,
        tenant: build::tenant(),
    }
}

impl Scene {
    async fn listen(&self, tenant: &TenantId, level: &str) -> ConnectionId {
        let connection = build::connection(&build::identity(tenant));
        self.connections.register(&connection).await.unwrap();
        let topic = Topic::Logs(tenant.clone(), level.into());
        self.connections.subscribe(&connection.id, topic);
        connection.id
    }

    async fn store(&self, events: &[Event]) {
        self.tail.run(&self.tenant, events).await;
    }

    fn lookups(&self) -> usize {
        self.faults.count("connections.listeners")
    }

    /// What was posted since, by level.
    fn frames(&self) -> Vec<(String, Vec<String>, u64)> {
        let posted = self.postings.take().into_iter();
        let mut frames: Vec<_> = posted.map(|posting| read(&self.tenant, &posting)).collect();
        frames.sort();
        frames
    }
}

/// A frame's level, the ids of its lines, and how many were left out.
fn read(tenant: &TenantId, posting: &Posting) -> (String, Vec<String>, u64) {
    let frame: Value = serde_json::from_str(&posting.text).unwrap();
    assert_eq!(frame["type"], "logs");
    let level = frame["level"].as_str().unwrap().to_owned();
    assert_eq!(posting.feed, Feed::Logs(tenant.clone(), level.clone()));
    assert!(posting.text.len() <= protocol::frames::METERED_FRAME);
    let lines = frame["lines"].as_array().unwrap().iter();
    let ids = lines.map(|line| line["id"].as_str().unwrap().to_owned());
    (level, ids.collect(), frame["left_out"].as_u64().unwrap())
}

fn line(id: usize, level: &str, message: &str) -> Event {
    build::event(json!({
        "id": id.to_string(), "type": "log", "at": "2026-03-01T11:59:00Z", "service": "shop",
        "level": level, "message": message,
    }))
}

fn lines(count: usize) -> Vec<Event> {
    (0..count).map(|n| line(n, "info", "hello")).collect()
}

#[tokio::test]
async fn nobody_listening_costs_one_query_a_feed_and_a_while() {
    let scene = scene();
    for _ in 0..50 {
        scene.store(&lines(3)).await;
    }
    assert_eq!(scene.faults.calls(), ["connections.listeners"; 2]);
    scene.clock.advance(HOLDS);
    scene.store(&lines(3)).await;
    assert_eq!(scene.lookups(), 4);
    assert_eq!(scene.frames(), []);
}

#[tokio::test]
async fn events_of_other_types_ask_nobody() {
    let scene = scene();
    let request = build::request("1", "2026-03-01T11:59:00Z", "ann", 1.0);
    scene.store(&[]).await;
    scene.store(&[request]).await;
    assert!(scene.faults.calls().is_empty());
}

#[tokio::test]
async fn each_feed_is_told_its_own_lines() {
    let scene = scene();
    scene.listen(&scene.tenant, "*").await;
    scene.listen(&scene.tenant, "error").await;
    scene.listen(&scene.tenant, "debug").await;
    scene.listen(&build::tenant(), "info").await;
    let request = build::request("4", "2026-03-01T11:59:00Z", "ann", 1.0);
    let events = [
        line(1, "info", "a"),
        line(2, "error", "b"),
        request,
        line(3, "Error", "c"),
    ];
    scene.store(&events).await;
    let told = |level: &str, ids: &[&str]| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        (level.to_owned(), ids, 0)
    };
    assert_eq!(
        scene.frames(),
        [told("*", &["1", "2", "3"]), told("error", &["2"])]
    );
}

#[tokio::test]
async fn who_begins_to_listen_is_told_soon() {
    let scene = scene();
    scene.store(&lines(1)).await;
    scene.listen(&scene.tenant, "*").await;
    scene.store(&lines(1)).await;
    assert_eq!(scene.frames(), []);
    scene.clock.advance(HOLDS);
    scene.store(&lines(1)).await;
    assert_eq!(scene.frames().len(), 1);
}

#[tokio::test]
async fn a_flood_is_told_in_part_and_the_rest_is_counted() {
    let scene = scene();
    scene.listen(&scene.tenant, "*").await;
    scene.store(&lines(1_000)).await;
    let (_, told, left_out) = scene.frames().remove(0);
    assert_eq!((told.len(), left_out), (LINES_PER_SECOND, 900));
    // In the same second only that there was more.
    scene.store(&lines(10)).await;
    let (_, told, left_out) = scene.frames().remove(0);
    assert_eq!((told.len(), left_out), (0, 10));
    for _ in 2..FRAMES_PER_SECOND + 5 {
        scene.store(&lines(1)).await;
    }
    assert_eq!(scene.frames().len(), FRAMES_PER_SECOND - 2);
    scene.clock.advance(time::Duration::SECOND);
    scene.store(&lines(1)).await;
    let (_, told, left_out) = scene.frames().remove(0);
    assert_eq!((told.len(), left_out), (1, 5), "nobody had told of these");
}

#[tokio::test]
async fn a_message_stays_within_what_is_metered_as_one() {
    let scene = scene();
    scene.listen(&scene.tenant, "*").await;
    let long = "\"".repeat(7 * 1_024);
    let events: Vec<_> = (0..9).map(|n| line(n, "info", &long)).collect();
    scene.store(&events).await;
    let (_, told, left_out) = scene.frames().remove(0);
    assert_eq!((told.len(), left_out), (2, 7));
}

/// Storing the lines goes on whatever happens here, and waits for it half a second at most.
#[tokio::test(start_paused = true)]
async fn what_is_away_holds_up_and_fails_nothing() {
    for call in ["connections.listeners", "postings.send"] {
        for fault in [Fault::Unavailable, Fault::HangBefore] {
            let scene = scene();
            scene.listen(&scene.tenant, "*").await;
            scene.faults.always(call, fault);
            let started = tokio::time::Instant::now();
            scene.store(&lines(2)).await;
            assert!(started.elapsed() <= PATIENCE, "{fault:?} at {call}");
            assert_eq!(scene.frames(), []);
        }
    }
    for fault in [Fault::Unavailable, Fault::HangBefore] {
        let scene = scene();
        scene.faults.always("connections.listeners", fault);
        for _ in 0..9 {
            scene.store(&lines(2)).await;
        }
        assert_eq!(scene.lookups(), 2, "who is away is not asked at every call");
    }
}
