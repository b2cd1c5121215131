use std::collections::{BTreeMap, BTreeSet};

use domain::connection::{LIFETIME, MOST_TOPICS};
use domain::ports::ConnectionStore as _;
use domain::{Connection, Replay, Scope, Task, Topic};
use proptest::prelude::*;
use protocol::frames::TopicName;
use serde_json::{Value, json};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{Asked, Fault, Faults, MemoryConnections, MemoryPusherQueue, MemoryTasks};
use time::Duration;

use super::*;

struct Scene {
    answer: AnswerFrame,
    connection: Connection,
    connections: Arc<MemoryConnections>,
    tasks: Arc<MemoryTasks>,
    pusher: Arc<MemoryPusherQueue>,
    clock: Arc<FixedClock>,
    faults: Faults,
}

async fn scene() -> Scene {
    scene_of(&[]).await
}

/// Somebody with these rights is connected.
async fn scene_of(scopes: &[Scope]) -> Scene {
    let faults = Faults::default();
    let connections = Arc::new(MemoryConnections::new(&faults));
    let mut identity = build::identity(&build::tenant());
    identity.scopes = scopes.iter().copied().collect();
    let connection = build::connection(&identity);
    connections.register(&connection).await.unwrap();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let pusher = Arc::new(MemoryPusherQueue::new(&faults));
    let clock = Arc::new(FixedClock::at(NOW));
    let answer = AnswerFrame {
        meter: connections.clone(),
        pace: Pace::default(),
        subscriptions: connections.clone(),
        tasks: tasks.clone(),
        pusher: pusher.clone(),
        clock: clock.clone(),
    };
    Scene {
        answer,
        connection,
        connections,
        tasks,
        pusher,
        clock,
        faults,
    }
}

const PING: &str = r#"{"action":"ping"}"#;

impl Scene {
    /// What the client gets for a text, as JSON; null for no answer.
    async fn say(&self, text: &str) -> Value {
        self.hear(Incoming::Text(text)).await
    }

    async fn hear(&self, incoming: Incoming<'_>) -> Value {
        match self.answer.run(&self.connection.id, incoming).await {
            Ok(frame) => serde_json::to_value(frame).unwrap(),
            Err(error) => serde_json::to_value(ServerFrame::from(&error)).unwrap(),
        }
    }

    async fn code(&self, text: &str) -> String {
        let frame = self.say(text).await;
        assert_eq!(frame["type"], "error", "{text}: {frame}");
        frame["code"].as_str().unwrap().to_owned()
    }

    /// A task of the caller's tenant, submitted by somebody else.
    fn task(&self) -> Task {
        let task = build::task(&self.connection.identity.tenant, "aggregate", json!({}));
        self.tasks.put(task.clone());
        task
    }

    fn topics(&self) -> BTreeSet<Topic> {
        let mut topics = self.connections.topics(&self.connection.id);
        topics.remove(&self.connection.own_topic());
        topics
    }
}

fn frame(action: &str, field: &str, value: &(impl ToString + ?Sized)) -> String {
    json!({"action": action, field: value.to_string()}).to_string()
}

#[tokio::test]
async fn a_ping_is_answered_by_a_pong() {
    let pong = json!({"type": "pong", "at": "2026-03-01T12:00:00Z"});
    assert_eq!(scene().await.say(PING).await, pong);
}

#[tokio::test]
async fn mistakes_are_answered_by_their_codes() {
    let scene = scene().await;
    for (text, code) in [
        ("no", "not_json"),
        (r#"{"action":"fly"}"#, "unknown_action"),
        ("[]", "invalid_frame"),
        (r#"{"action":"ping","v":2}"#, "unsupported_version"),
        (
            r#"{"action":"subscribe","request_id":"1"}"#,
            "invalid_frame",
        ),
        (r#"{"action":"subscribe","tag":""}"#, "invalid_frame"),
        (r#"{"action":"unsubscribe","tag":"\n"}"#, "invalid_frame"),
        (r#"{"action":"resume","tasks":{"1":0}}"#, "invalid_frame"),
    ] {
        assert_eq!(scene.code(text).await, code, "{text}");
    }
    let binary = scene.hear(Incoming::Binary).await;
    assert_eq!(binary["code"], "binary_frame");
    assert_eq!(scene.topics(), BTreeSet::new());
    assert_eq!(scene.pusher.take(), []);
}

#[tokio::test]
async fn who_is_not_connected_any_more_is_told() {
    let mut scene = scene().await;
    scene.clock.advance(LIFETIME);
    assert_eq!(scene.code(PING).await, "unknown_connection");
    scene.connection.id = build::connection_id();
    assert_eq!(scene.code(PING).await, "unknown_connection");
    scene.faults.always("connections.count", Fault::Unavailable);
    assert_eq!(scene.code(PING).await, "unavailable");
}

#[tokio::test]
async fn a_task_is_followed_from_its_version_on() {
    let scene = scene().await;
    let task = scene.task();
    let id = task.request_id;
    let subscribed = scene.say(&frame("subscribe", "request_id", &id)).await;
    let expected = json!({"type": "subscribed", "request_id": id.to_string(), "version": 1});
    assert_eq!(subscribed, expected);
    let topic = Topic::Task(task.tenant, id);
    assert_eq!(scene.topics(), [topic].into());
    let unsubscribed = scene.say(&frame("unsubscribe", "request_id", &id)).await;
    let expected = json!({"type": "unsubscribed", "request_id": id.to_string()});
    assert_eq!(unsubscribed, expected);
    assert_eq!(scene.topics(), BTreeSet::new());
}

/// Read before, it could leave out a change that was pushed before there was a subscription.
#[tokio::test]
async fn the_version_is_read_after_the_subscription() {
    let scene = scene().await;
    let id = scene.task().request_id;
    scene.say(&frame("subscribe", "request_id", &id)).await;
    let calls = scene.faults.calls();
    let after = calls
        .iter()
        .rev()
        .take_while(|call| **call != "connections.follow");
    assert_eq!(after.collect::<Vec<_>>(), [&"tasks.load"]);
}

#[tokio::test]
async fn tasks_of_others_and_no_tasks_look_the_same() {
    let scene = scene().await;
    let foreign = build::task(&build::tenant(), "aggregate", json!({}));
    scene.tasks.put(foreign.clone());
    for id in [foreign.request_id, build::request_id()] {
        let code = scene.code(&frame("subscribe", "request_id", &id)).await;
        assert_eq!(code, "task_not_found");
    }
    assert_eq!(scene.topics(), BTreeSet::new());
}

#[tokio::test]
async fn a_tag_is_followed_in_the_callers_tenant() {
    let scene = scene().await;
    let subscribed = scene.say(&frame("subscribe", "tag", "nightly")).await;
    assert_eq!(subscribed, json!({"type": "subscribed", "tag": "nightly"}));
    let tenant = scene.connection.identity.tenant.clone();
    assert_eq!(
        scene.topics(),
        [Topic::Tag(tenant, "nightly".into())].into()
    );
    let unsubscribed = scene.say(&frame("unsubscribe", "tag", "nightly")).await;
    assert_eq!(
        unsubscribed,
        json!({"type": "unsubscribed", "tag": "nightly"})
    );
    assert_eq!(scene.topics(), BTreeSet::new());
}

#[tokio::test]
async fn the_operators_stream_is_for_operators() {
    let subscribe = frame("subscribe", "stream", "operators");
    for scopes in [&[][..], &[Scope::Notify]] {
        let scene = scene_of(scopes).await;
        assert_eq!(scene.code(&subscribe).await, "forbidden");
        assert_eq!(scene.topics(), BTreeSet::new());
    }
    let scene = scene_of(&[Scope::Operator]).await;
    let subscribed = scene.say(&subscribe).await;
    let expected = json!({"type": "subscribed", "stream": "operators"});
    assert_eq!(subscribed, expected);
    assert_eq!(scene.topics(), [Topic::Operators].into());
}

#[tokio::test]
async fn a_connection_has_so_many_topics_and_no_more() {
    let scene = scene().await;
    for n in 1..MOST_TOPICS {
        let subscribed = scene.say(&frame("subscribe", "tag", &n)).await;
        assert_eq!(subscribed["type"], "subscribed", "{n}: {subscribed}");
    }
    let more = frame("subscribe", "tag", "more");
    assert_eq!(scene.code(&more).await, "too_many_topics");
}

#[tokio::test]
async fn a_connection_that_goes_meanwhile_is_told_and_not_brought_back() {
    let scene = scene().await;
    let connection = scene.connection.clone();
    let subscribe = scene
        .answer
        .subscribe(&connection, TopicName::Tag("nightly".into()));
    scene.connections.remove(&connection.id).await.unwrap();
    let refused = subscribe.await;
    assert!(matches!(refused, Err(FrameError::UnknownConnection)));
    assert_eq!(scene.connections.ids(), []);
}

#[tokio::test]
async fn a_resume_is_for_the_pusher() {
    let scene = scene().await;
    let (one, other) = (build::request_id(), build::request_id());
    let tasks = json!({one.to_string(): 3, other.to_string(): 0});
    let text = json!({"action": "resume", "tasks": tasks}).to_string();
    assert_eq!(scene.say(&text).await, Value::Null);
    let replay = Replay {
        tenant: scene.connection.identity.tenant.clone(),
        connection: scene.connection.id.clone(),
        tasks: [(one, 3), (other, 0)].into(),
        done: BTreeMap::new(),
    };
    assert_eq!(scene.pusher.take(), [Asked::Replay(replay)]);
    scene.faults.always("pusher.replay", Fault::Unavailable);
    assert_eq!(scene.code(&text).await, "unavailable");
}

#[tokio::test]
async fn a_flood_is_refused_then_ended_and_a_pause_heals() {
    let mut scene = scene().await;
    scene.answer.pace = Pace {
        per_second: 10,
        burst: 5,
    };
    for _ in 0..5 {
        assert_eq!(scene.code("no").await, "not_json");
    }
    for _ in 0..15 {
        assert_eq!(scene.code(PING).await, "too_many_frames");
    }
    assert_eq!(scene.pusher.take(), []);
    scene.faults.on("pusher.hang_up", 1, Fault::Unavailable);
    assert_eq!(scene.code(PING).await, "too_many_frames");
    assert_eq!(scene.code(PING).await, "too_many_frames");
    assert_eq!(scene.pusher.take(), [], "the first request got lost");
    scene.clock.advance(Duration::milliseconds(100));
    for _ in 0..20 {
        assert_eq!(scene.code(PING).await, "too_many_frames");
    }
    let id = scene.connection.id.clone();
    assert_eq!(scene.pusher.take(), [Asked::HangUp(id)], "asked for once");
    scene.clock.advance(Duration::seconds(2));
    assert_eq!(scene.say(PING).await["type"], "pong");
}

/// What a client may say, good and bad, about few things.
fn any_text() -> impl Strategy<Value = String> {
    let topic = prop_oneof![
        (0..3_usize).prop_map(|n| ("request_id", ["", "x", "0"][n].to_owned())),
        (0..4_u8).prop_map(|n| ("tag", n.to_string())),
        Just(("stream", "operators".to_owned())),
    ];
    let action = prop_oneof![Just("subscribe"), Just("unsubscribe")];
    prop_oneof![
        4 => (action, topic).prop_map(|(action, (field, value))| frame(action, field, &value)),
        1 => Just(PING.to_owned()),
        1 => ".{0,20}",
    ]
}

proptest! {
    /// The connection's topics are at every moment what the answers have said they are.
    #[test]
    fn topics_are_what_was_answered(texts in prop::collection::vec(any_text(), 0..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let scene = scene().await;
            let mut expected = BTreeSet::new();
            for text in texts {
                let answer = scene.say(&text).await;
                let tag = answer["tag"].as_str().map(ToOwned::to_owned);
                match answer["type"].as_str().unwrap() {
                    "subscribed" => { expected.insert(tag.unwrap()); }
                    "unsubscribed" => { tag.map(|tag| expected.remove(&tag)); }
                    "pong" | "error" => {}
                    other => panic!("{other}"),
                }
                let topics = scene.topics();
                assert_eq!(topics.len(), expected.len());
                assert!(topics.iter().all(|topic| {
                    matches!(topic, Topic::Tag(_, tag) if expected.contains(tag))
                }));
            }
        });
    }
}
