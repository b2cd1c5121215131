use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use domain::ports::ConnectionStore as _;
use domain::{Connection, ConnectionId, Identity, TenantId, UserId};
use serde_json::Value;
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    Behaviour, Fault, Faults, MemoryBroadcastQueue, MemoryConnections, MemoryPostman, MemoryResults,
};

use super::*;

/// A pusher whose ports are in memory; Ann of Acme has one page open.
struct Scene {
    pusher: Pusher,
    postman: Arc<MemoryPostman>,
    page: ConnectionId,
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
    let page = Connection {
        id: ConnectionId::new("page-1=").unwrap(),
        ..build::connection(&ann)
    };
    connections.register(&page).await.unwrap();
    let push_broadcast = PushBroadcast {
        audience: connections.clone(),
        connections: connections.clone(),
        postman: postman.clone(),
        queue: Arc::new(MemoryBroadcastQueue::new(&faults)),
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(Counting::default()),
    };
    let push_updates = PushUpdates {
        connections,
        postman: postman.clone(),
        results: Arc::new(MemoryResults::new(&faults)),
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(Counting::default()),
    };
    Scene {
        pusher: Pusher {
            push_updates,
            push_broadcast,
        },
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
        let response = self.pusher.handle(event).await.unwrap();
        let ids = response.batch_item_failures.into_iter();
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
            .map(|frame| frame["version"].as_u64().unwrap_or_default())
            .collect()
    }

    fn types(&self) -> Vec<Value> {
        let frames = self.frames().into_iter();
        frames.map(|frame| frame["type"].clone()).collect()
    }
}

/// What each sample does: the versions that Ann's page gets, 0 for a frame without one, and the
/// messages that come back.
const EXPECTED: &[(&str, &[u64], &[char])] = &[
    ("broadcast", &[0], &[]),
    ("broadcast-again", &[0], &[]),
    ("broadcast-beside-an-update", &[0, 4], &['3']),
    ("broadcast-bye", &[0], &[]),
    ("broadcast-elsewhere", &[], &[]),
    ("completed", &[4], &[]),
    ("completed-large", &[4], &[]),
    ("failed", &[3], &[]),
    ("nobody-listens", &[], &[]),
    ("overtaken", &[2, 5], &[]),
    ("partly-bad", &[2, 4], &['2']),
    ("poison", &[], &['1', '2', '3']),
    ("running", &[2], &[]),
    ("unknown-version", &[], &['1']),
];

#[tokio::test]
async fn every_sample_is_handled() {
    let samples = samples();
    let names: Vec<_> = EXPECTED.iter().map(|(name, ..)| *name).collect();
    assert!(
        samples.keys().eq(names.iter()),
        "a sample is not expected, or missing"
    );
    for ((name, event), (_, versions, back)) in samples.into_iter().zip(EXPECTED) {
        let scene = scene().await;
        assert_eq!(scene.handle(event).await, *back, "{name}");
        let mut got = scene.versions();
        got.sort_unstable();
        assert_eq!(got, *versions, "{name}");
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
    assert_eq!(back, ['1', '2', '3']);
}

#[tokio::test]
async fn everybody_is_told_and_told_to_leave() {
    for (name, expected) in [("broadcast", "broadcast"), ("broadcast-bye", "bye")] {
        let scene = scene().await;
        scene.handle(samples().remove(name).unwrap()).await;
        assert_eq!(scene.types(), [expected], "{name}");
    }
}

#[tokio::test]
async fn a_shard_that_cannot_be_read_comes_back_alone() {
    let scene = scene().await;
    scene.faults.on("audience.page", 3, Fault::Unavailable);
    let back = scene.handle(samples().remove("broadcast").unwrap()).await;
    assert_eq!(back.len(), 1);
}
