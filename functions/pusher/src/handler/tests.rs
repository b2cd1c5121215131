use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use domain::ports::ConnectionStore as _;
use domain::{Connection, ConnectionId, Identity, TenantId, UserId};
use serde_json::Value;
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    Behaviour, Fault, Faults, MemoryConnections, MemoryDeadLetters, MemoryDeliveries,
    MemoryPostman, MemoryResults,
};

use super::*;

/// A pusher whose ports are in memory; Ann of Acme has one page open.
struct Scene {
    pusher: Pusher,
    postman: Arc<MemoryPostman>,
    page: ConnectionId,
    dead_letters: Arc<MemoryDeadLetters>,
    deliveries: Arc<MemoryDeliveries>,
    faults: Faults,
}

async fn scene() -> Scene {
    let faults = Faults::default();
    let connections = Arc::new(MemoryConnections::new(&faults));
    let postman = Arc::new(MemoryPostman::default());
    let ann = Identity {
        tenant: TenantId::new("acme").unwrap(),
        user: UserId::new("ann").unwrap(),
        scopes: BTreeSet::new(),
    };
    let page: Connection = build::connection(&ann);
    connections.register(&page).await.unwrap();
    let push_updates = PushUpdates {
        connections,
        postman: postman.clone(),
        results: Arc::new(MemoryResults::new(&faults)),
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(Counting::default()),
    };
    let dead_letters = Arc::new(MemoryDeadLetters::new(&faults));
    let deliveries = Arc::new(MemoryDeliveries::new(&faults));
    let queue = Queue {
        deliveries: deliveries.clone(),
        dead_letters: dead_letters.clone(),
    };
    Scene {
        pusher: Pusher {
            push_updates,
            queue,
            entropy: Arc::new(Counting::default()),
        },
        dead_letters,
        deliveries,
        postman,
        page: page.id,
        faults,
    }
}

fn samples() -> BTreeMap<String, SqsEvent> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/pusher");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

impl Scene {
    /// The last digit of each failed message's id.
    async fn handle(&self, event: SqsEvent) -> Vec<char> {
        let deadline = Instant::now() + Duration::from_secs(25);
        let report = self.pusher.handle(event, deadline).await;
        let ids = report.response().batch_item_failures.into_iter();
        let mut last: Vec<_> = ids
            .map(|failure| failure.item_identifier.chars().last().unwrap())
            .collect();
        last.sort_unstable();
        last
    }

    /// The frames that Ann's page got.
    fn frames(&self) -> Vec<Value> {
        let posted = self.postman.posted_to(&self.page).into_iter();
        posted
            .map(|message| serde_json::from_str(&message).unwrap())
            .collect()
    }

    fn versions(&self) -> Vec<u64> {
        let frames = self.frames().into_iter();
        frames
            .map(|frame| frame["version"].as_u64().unwrap())
            .collect()
    }
}

/// What each sample does: the versions that Ann's page gets, and how many messages are dead letters.
const EXPECTED: &[(&str, &[u64], usize)] = &[
    ("completed", &[4], 0),
    ("completed-large", &[4], 0),
    ("failed", &[3], 0),
    ("nobody-listens", &[], 0),
    ("overtaken", &[2, 5], 0),
    ("partly-bad", &[2, 4], 1),
    ("poison", &[], 3),
    ("running", &[2], 0),
    ("unknown-version", &[], 1),
];

#[tokio::test]
async fn every_sample_is_handled() {
    let samples = samples();
    let names: Vec<_> = EXPECTED.iter().map(|(name, ..)| *name).collect();
    assert!(
        samples.keys().eq(names.iter()),
        "a sample is not expected, or missing"
    );
    for ((name, event), (_, versions, dead)) in samples.into_iter().zip(EXPECTED) {
        let scene = scene().await;
        assert!(scene.handle(event).await.is_empty(), "{name}");
        assert_eq!(scene.dead_letters.take().len(), *dead, "{name}");
        assert_eq!(scene.versions(), *versions, "{name}");
    }
}

#[tokio::test]
async fn a_large_result_is_told_by_its_link() {
    let scene = scene().await;
    scene
        .handle(samples().remove("completed-large").unwrap())
        .await;
    let frame = scene.frames().remove(0);
    assert!(
        frame["result_url"]
            .as_str()
            .unwrap()
            .starts_with("memory://acme/")
    );
    assert_eq!(frame.get("result"), None);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_arrive_comes_back() {
    let scene = scene().await;
    scene.postman.set(&scene.page, Behaviour::Failing);
    let back = scene.handle(samples().remove("completed").unwrap()).await;
    assert_eq!(back, ['1']);
    let hidden = scene.deliveries.hidden();
    assert!(hidden.iter().all(|(_, length)| *length <= RETRY.ceiling(1)));
    assert_eq!(hidden.len(), 1);
    scene.postman.set(&scene.page, Behaviour::Gone);
    let back = scene.handle(samples().remove("completed").unwrap()).await;
    assert!(back.is_empty(), "a page that is gone needs nothing");
}

#[tokio::test]
async fn without_its_listeners_an_update_comes_back() {
    let scene = scene().await;
    scene
        .faults
        .always("connections.listeners", Fault::Unavailable);
    let back = scene.handle(samples().remove("partly-bad").unwrap()).await;
    assert_eq!(back, ['1', '3'], "the one that cannot be read is buried");
}

#[tokio::test(start_paused = true)]
async fn what_never_arrives_is_buried_with_its_reason() {
    let scene = scene().await;
    scene.postman.set(&scene.page, Behaviour::Failing);
    let mut event = samples().remove("completed").unwrap();
    let count = RETRY.attempts.to_string();
    let attributes = &mut event.records[0].attributes;
    attributes.insert("ApproximateReceiveCount".into(), count);
    assert!(scene.handle(event).await.is_empty());
    let letter = scene.dead_letters.take().remove(0);
    assert_eq!(letter.reason, "not_pushed: 1 connections were not reached");
}
