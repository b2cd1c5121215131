use domain::ports::ConnectionStore as _;
use domain::task::{MOST_UPDATES, Progress as TaskProgress};
use domain::{ConnectionId, Task, TaskResult};
use serde_json::{Value, json};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    Asked, Behaviour, Fault, Faults, MemoryConnections, MemoryPostman, MemoryPusherQueue,
    MemoryResults, MemoryTasks,
};
use time::Duration as Length;

use super::*;
use crate::count_messages::Pushed;

const LEASE: Length = Length::seconds(30);

struct Scene {
    replay: ReplayTasks,
    connections: Arc<MemoryConnections>,
    postman: Arc<MemoryPostman>,
    tasks: Arc<MemoryTasks>,
    queue: Arc<MemoryPusherQueue>,
    faults: Faults,
    page: domain::Connection,
}

async fn scene() -> Scene {
    let faults = Faults::default();
    let connections = Arc::new(MemoryConnections::new(&faults));
    let postman = Arc::new(MemoryPostman::default());
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let queue = Arc::new(MemoryPusherQueue::new(&faults));
    let page = build::connection(&build::identity(&build::tenant()));
    connections.register(&page).await.unwrap();
    let push = PushUpdates {
        connections: connections.clone(),
        postman: postman.clone(),
        pushed: Pushed::default(),
        results: Arc::new(MemoryResults::new(&faults)),
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(Counting::default()),
    };
    let replay = ReplayTasks {
        tasks: tasks.clone(),
        push,
        queue: queue.clone(),
    };
    Scene {
        replay,
        connections,
        postman,
        tasks,
        queue,
        faults,
        page,
    }
}

impl Scene {
    /// A task of the page's tenant that has run through so many progress updates.
    fn task(&self, progress: u64, result: Option<TaskResult>) -> Task {
        let token = build::lease_token();
        let mut task = build::task(&self.page.identity.tenant, "aggregate", json!({}));
        task.claim(token, NOW, LEASE).unwrap();
        for n in 0..progress {
            let progress = TaskProgress {
                percent: 1,
                message: n.to_string(),
            };
            task.advance(token, progress, NOW, LEASE).unwrap();
        }
        if let Some(result) = result {
            task.complete(token, result, NOW).unwrap();
        }
        self.tasks.put(task.clone());
        task
    }

    fn ask(&self, tasks: impl IntoIterator<Item = (RequestId, u64)>) -> Replay {
        Replay {
            tenant: self.page.identity.tenant.clone(),
            connection: self.page.id.clone(),
            tasks: tasks.into_iter().collect(),
            done: [].into(),
        }
    }

    fn frames(&self) -> Vec<Value> {
        let posted = self.postman.posted_to(&self.page.id).into_iter();
        posted
            .map(|message| serde_json::from_str(&message).unwrap())
            .collect()
    }

    fn versions_of(&self, id: RequestId) -> Vec<u64> {
        let frames = self.frames().into_iter();
        let of_task = frames.filter(|frame| frame["request_id"] == id.to_string());
        of_task
            .map(|frame| frame["version"].as_u64().unwrap())
            .collect()
    }

    fn id(&self) -> &ConnectionId {
        &self.page.id
    }
}

fn inline() -> TaskResult {
    let value = json!({"rows": []});
    TaskResult::Inline { value }
}

#[tokio::test]
async fn everything_missed_comes_in_order_and_then_resumed() {
    let scene = scene().await;
    let (some, all, none) = (
        scene.task(3, Some(inline())),
        scene.task(0, None),
        scene.task(1, Some(inline())),
    );
    let ask = scene.ask([
        (some.request_id, 2),
        (all.request_id, 0),
        (none.request_id, none.version),
    ]);
    scene.replay.run(&ask).await.unwrap();
    assert_eq!(scene.versions_of(some.request_id), [3, 4, 5, 6]);
    assert_eq!(scene.versions_of(all.request_id), [1, 2]);
    assert_eq!(scene.versions_of(none.request_id), [0_u64; 0]);
    let resumed = |task: &Task| json!({"version": task.version, "recovered": true});
    let expected = json!({
        "type": "resumed", "recovered": true, "tasks": {
            some.request_id.to_string(): resumed(&some),
            all.request_id.to_string(): resumed(&all),
            none.request_id.to_string(): resumed(&none),
        },
    });
    assert_eq!(scene.frames().pop(), Some(expected));
}

#[tokio::test]
async fn a_result_comes_with_the_version_that_made_it_as_it_would_live() {
    let scene = scene().await;
    let stored = TaskResult::Stored {
        key: "t/results/r/1.json".into(),
        bytes: 40_000,
    };
    for (result, field) in [(Some(inline()), "result"), (Some(stored), "result_url")] {
        let task = scene.task(1, result);
        let ask = scene.ask([(task.request_id, 0)]);
        scene.replay.run(&ask).await.unwrap();
        let frames = scene.frames();
        let (updates, _) = frames[frames.len() - 5..].split_at(4);
        for (n, frame) in updates.iter().enumerate() {
            assert_eq!(frame.get(field).is_some(), n == 3, "{frame}");
        }
    }
}

#[tokio::test]
async fn where_the_history_ends_the_newest_comes_and_says_so() {
    let scene = scene().await;
    let task = scene.task(MOST_UPDATES as u64, Some(inline()));
    let known = scene.task(0, None);
    let unknown = build::request_id();
    let foreign = build::task(&build::tenant(), "aggregate", json!({}));
    scene.tasks.put(foreign.clone());
    let ask = scene.ask([
        (task.request_id, 1),
        (known.request_id, 1),
        (unknown, 7),
        (foreign.request_id, 0),
    ]);
    scene.replay.run(&ask).await.unwrap();
    assert_eq!(scene.versions_of(task.request_id), [task.version]);
    assert_eq!(scene.versions_of(known.request_id), [2]);
    assert_eq!(scene.versions_of(foreign.request_id), [0_u64; 0]);
    let resumed = scene.frames().pop().unwrap();
    assert_eq!(resumed["recovered"], false);
    let of = |id: RequestId| &resumed["tasks"][id.to_string()];
    let expected = json!({"version": task.version, "recovered": false});
    assert_eq!(of(task.request_id), &expected);
    assert_eq!(of(known.request_id)["recovered"], true);
    for id in [unknown, foreign.request_id] {
        assert_eq!(of(id), &json!({"version": 0, "recovered": false}));
    }
}

#[tokio::test]
async fn a_resume_of_nothing_is_answered() {
    let scene = scene().await;
    scene.replay.run(&scene.ask([])).await.unwrap();
    let expected = json!({"type": "resumed", "recovered": true, "tasks": {}});
    assert_eq!(scene.frames(), [expected]);
}

/// A hundred tasks with a hundred updates each, a second for each message.
#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_done_in_several_goes() {
    let scene = scene().await;
    let second = Duration::from_secs(1);
    scene.postman.set(scene.id(), Behaviour::Slow(second));
    let tasks: Vec<_> = (0..20).map(|_| scene.task(97, Some(inline()))).collect();
    let mut ask = scene.ask(tasks.iter().map(|task| (task.request_id, 0)));
    let mut goes = 1;
    loop {
        let started = Instant::now();
        scene.replay.run(&ask).await.unwrap();
        assert!(started.elapsed() < Duration::from_secs(20));
        match scene.queue.take().pop() {
            Some(Asked::Replay(next)) => ask = next,
            other => break assert_eq!(other, None),
        }
        goes += 1;
    }
    assert!(goes > 10, "{goes}");
    for task in &tasks {
        let expected: Vec<_> = (1..=task.version).collect();
        assert_eq!(scene.versions_of(task.request_id), expected);
    }
    let frames = scene.frames();
    let ends = frames.iter().filter(|frame| frame["type"] == "resumed");
    assert_eq!(ends.count(), 1);
    let resumed = frames.last().unwrap();
    assert_eq!(resumed["recovered"], true);
    assert_eq!(resumed["tasks"].as_object().unwrap().len(), tasks.len());
}

/// However young it is: it was open when it asked.
#[tokio::test]
async fn a_connection_that_has_gone_is_forgotten_and_needs_nothing() {
    for missing in [0, 1] {
        let scene = scene().await;
        let task = scene.task(0, None);
        scene.postman.set(scene.id(), Behaviour::Gone);
        let ask = scene.ask([(task.request_id, task.version - missing)]);
        scene.replay.run(&ask).await.unwrap();
        assert_eq!(scene.connections.ids(), []);
        assert_eq!(scene.postman.tries(scene.id()), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_comes_back_and_resumed_is_not_said() {
    let scene = scene().await;
    let task = scene.task(2, Some(inline()));
    let ask = scene.ask([(task.request_id, 0)]);
    scene.faults.on("tasks.load", 1, Fault::Unavailable);
    let failed = scene.replay.run(&ask).await;
    assert!(matches!(failed, Err(ReplayError::Store(_))));
    scene.postman.set(scene.id(), Behaviour::Failing);
    let failed = scene.replay.run(&ask).await;
    assert!(matches!(failed, Err(ReplayError::Unreached(_))));
    assert_eq!(scene.frames(), [] as [Value; 0]);
    scene.postman.set(scene.id(), Behaviour::Throttled(2));
    scene.replay.run(&ask).await.unwrap();
    assert_eq!(scene.versions_of(task.request_id), [1, 2, 3, 4, 5]);
}
