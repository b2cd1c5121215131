use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::count_messages::Pushed;
use domain::connection::HANDSHAKE;
use domain::ports::{ConnectionStore as _, LateUsage as _};
use domain::{Connection, ConnectionId, Identity, Task, TaskResult, TenantId, Topic, UserId};
use serde_json::{Value, json};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    Behaviour, Fault, Faults, MemoryBroadcastQueue, MemoryConnections, MemoryDeadLetters,
    MemoryDeliveries, MemoryPostman, MemoryPusherQueue, MemoryResults, MemoryTasks,
};

use super::*;

/// A pusher whose ports are in memory; Ann of Acme has one page open.
struct Scene {
    pusher: Pusher,
    connections: Arc<MemoryConnections>,
    postman: Arc<MemoryPostman>,
    page: ConnectionId,
    dead_letters: Arc<MemoryDeadLetters>,
    deliveries: Arc<MemoryDeliveries>,
    tasks: Arc<MemoryTasks>,
    faults: Faults,
}

/// The connection that samples name.
const PAGE: &str = "JKJaXdF_vHcCJEw=";

/// The task that samples name, at version 3.
fn completed(tenant: &TenantId) -> Task {
    let mut task = build::task(tenant, "aggregate", json!({}));
    task.request_id = "01890a5d-ac96-774b-bcce-b302099a8051".parse().unwrap();
    let token = build::lease_token();
    task.claim(token, NOW, time::Duration::MINUTE).unwrap();
    let value = json!({"rows": []});
    let result = TaskResult::Inline { value };
    task.complete(token, result, NOW).unwrap();
    task
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
        id: ConnectionId::new(PAGE).unwrap(),
        ..build::connection(&ann)
    };
    connections.register(&page).await.unwrap();
    let pushed = Pushed::default();
    let push_updates = PushUpdates {
        pushed: pushed.clone(),
        connections: connections.clone(),
        postman: postman.clone(),
        results: Arc::new(MemoryResults::new(&faults)),
        clock: Arc::new(FixedClock::at(NOW + HANDSHAKE)),
        entropy: Arc::new(Counting::default()),
    };
    let dead_letters = Arc::new(MemoryDeadLetters::new(&faults));
    let deliveries = Arc::new(MemoryDeliveries::new(&faults));
    let queue = Queue {
        deliveries: deliveries.clone(),
        dead_letters: dead_letters.clone(),
    };
    let tasks = Arc::new(MemoryTasks::new(&faults));
    tasks.put(completed(&ann.tenant));
    let replay_tasks = ReplayTasks {
        tasks: tasks.clone(),
        push: push_updates.clone(),
        queue: Arc::new(MemoryPusherQueue::new(&faults)),
    };
    let hang_up = HangUp {
        switchboard: postman.clone(),
        connections: connections.clone(),
    };
    let push_broadcast = PushBroadcast {
        audience: connections.clone(),
        connections: connections.clone(),
        postman: postman.clone(),
        queue: Arc::new(MemoryBroadcastQueue::new(&faults)),
        clock: Arc::new(FixedClock::at(NOW + HANDSHAKE)),
        entropy: Arc::new(Counting::default()),
    };
    let push_posting = PushPosting {
        connections: connections.clone(),
        postman: postman.clone(),
        clock: Arc::new(FixedClock::at(NOW + HANDSHAKE)),
        entropy: Arc::new(Counting::default()),
    };
    Scene {
        pusher: Pusher {
            push_broadcast,
            push_posting,
            push_updates,
            replay_tasks,
            hang_up,
            count_messages: CountMessages {
                pushed,
                late_usage: tasks.clone(),
            },
            queue,
            entropy: Arc::new(Counting::default()),
        },
        connections,
        dead_letters,
        deliveries,
        postman,
        page: page.id,
        tasks,
        faults,
    }
}

fn samples() -> BTreeMap<String, SqsEvent> {
    testkit::samples::of("pusher")
}

impl Scene {
    /// The last digit of each failed message's id.
    async fn handle(&self, event: SqsEvent) -> Vec<char> {
        let deadline = Instant::now() + std::time::Duration::from_secs(25);
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

    /// Messages that are counted beside the tasks of the samples.
    async fn counted(&self) -> usize {
        let mut counted = 0;
        for (tenant, id) in self.tasks.with_late_usage() {
            let usage = self.tasks.total(&tenant, id).await.unwrap();
            counted += usize::try_from(usage.websocket_messages).unwrap();
        }
        counted
    }

    fn types(&self) -> Vec<Value> {
        let frames = self.frames().into_iter();
        frames.map(|frame| frame["type"].clone()).collect()
    }

    fn versions(&self) -> Vec<u64> {
        let frames = self.frames().into_iter();
        frames
            .filter_map(|frame| frame["version"].as_u64())
            .collect()
    }
}

/// What each sample does: the versions that Ann's page gets, and how many messages are dead letters.
const EXPECTED: &[(&str, &[u64], usize)] = &[
    ("broadcast", &[], 0),
    ("broadcast-again", &[], 0),
    ("broadcast-beside-an-update", &[4], 1),
    ("broadcast-bye", &[], 0),
    ("broadcast-elsewhere", &[], 0),
    ("completed", &[4], 0),
    ("completed-large", &[4], 0),
    ("failed", &[3], 0),
    ("hang-up", &[], 0),
    ("logs", &[], 0),
    ("nobody-listens", &[], 0),
    ("overtaken", &[2, 5], 0),
    ("partly-bad", &[2, 4], 1),
    ("poison", &[], 3),
    ("replay", &[2, 3], 0),
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

/// What is posted for a task is counted beside it, by one addition; the rest is nobody's.
#[tokio::test]
async fn every_message_of_a_task_is_counted() {
    let mut samples = samples();
    for (name, additions) in [
        ("overtaken", 1),
        ("broadcast-beside-an-update", 1),
        ("replay", 1),
        ("broadcast", 0),
        ("nobody-listens", 0),
    ] {
        let scene = scene().await;
        scene.handle(samples.remove(name).unwrap()).await;
        assert_eq!(scene.faults.count("late_usage.add"), additions, "{name}");
        let counted = scene.counted().await;
        assert_eq!(counted, scene.versions().len(), "{name}");
    }
}

#[tokio::test]
async fn messages_that_cannot_be_counted_are_pushed_all_the_same() {
    let scene = scene().await;
    scene.faults.always("late_usage.add", Fault::Unavailable);
    let again = scene.handle(samples().remove("overtaken").unwrap()).await;
    assert!(again.is_empty());
    assert_eq!(scene.versions(), [2, 5]);
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

#[tokio::test]
async fn what_has_no_history_is_posted_as_it_is_to_those_who_listen() {
    let scene = scene().await;
    scene.handle(samples().remove("logs").unwrap()).await;
    assert_eq!(scene.frames().len(), 0);
    let acme = TenantId::new("acme").unwrap();
    let logs = Topic::Logs(acme, "*".into());
    scene.connections.subscribe(&scene.page, logs);
    scene.handle(samples().remove("logs").unwrap()).await;
    let frame = scene.frames().remove(0);
    assert_eq!(frame["type"], "logs");
    assert_eq!(frame["lines"][0]["message"], "out of stock");
    scene
        .faults
        .on("connections.listeners", 1, Fault::Unavailable);
    let again = scene.handle(samples().remove("logs").unwrap()).await;
    assert_eq!(again.len(), 1, "nobody was told");
}

#[tokio::test]
async fn a_replay_ends_with_what_became_of_each_task() {
    let scene = scene().await;
    scene.handle(samples().remove("replay").unwrap()).await;
    let frames = scene.frames();
    assert_eq!(frames[1]["result"], json!({"rows": []}));
    let expected = json!({
        "type": "resumed", "recovered": false, "tasks": {
            "01890a5d-ac96-774b-bcce-b302099a8051": {"version": 3, "recovered": true},
            "01890a5d-ac96-774b-bcce-b302099a8052": {"version": 0, "recovered": false},
        },
    });
    assert_eq!(frames[2], expected);
}

#[tokio::test]
async fn a_connection_is_hung_up_and_forgotten() {
    let scene = scene().await;
    scene.handle(samples().remove("hang-up").unwrap()).await;
    assert_eq!(scene.postman.closed(), std::slice::from_ref(&scene.page));
    assert_eq!(scene.connections.ids(), []);
}

#[tokio::test]
async fn an_operator_gets_the_copy_of_a_failure() {
    let scene = scene().await;
    scene.connections.subscribe(&scene.page, Topic::Operators);
    scene.handle(samples().remove("failed").unwrap()).await;
    let frames = scene.frames();
    assert_eq!(frames[0].get("stream"), None);
    assert_eq!(
        (&frames[1]["stream"], &frames[1]["tenant"]),
        (&json!("operators"), &json!("acme"))
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_done_comes_back() {
    for name in ["replay", "hang-up"] {
        let scene = scene().await;
        scene.postman.set(&scene.page, Behaviour::Failing);
        let back = scene.handle(samples().remove(name).unwrap()).await;
        assert_eq!(back, ['1'], "{name}");
    }
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

#[tokio::test]
async fn everybody_is_told_once_and_nobody_elsewhere() {
    for (name, expected) in [
        ("broadcast", &["broadcast"][..]),
        ("broadcast-again", &["broadcast"]),
        ("broadcast-beside-an-update", &["broadcast", "update"]),
        ("broadcast-bye", &["bye"]),
        ("broadcast-elsewhere", &[]),
    ] {
        let scene = scene().await;
        scene.handle(samples().remove(name).unwrap()).await;
        let mut types = scene.types();
        types.sort_by_key(ToString::to_string);
        assert_eq!(types, expected, "{name}");
    }
}

#[tokio::test]
async fn a_shard_that_cannot_be_read_comes_back_alone() {
    let scene = scene().await;
    scene.faults.on("audience.page", 3, Fault::Unavailable);
    let back = scene.handle(samples().remove("broadcast").unwrap()).await;
    assert_eq!(back.len(), 1);
}
