use domain::connection::HANDSHAKE;
use domain::ports::ConnectionStore as _;
use domain::task::{Phase, Progress, Status, TaskResult, Update};
use domain::{Connection, Failure, Identity, RequestId, Scope, Topic};
use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{Behaviour, Fault, Faults, MemoryConnections, MemoryPostman, MemoryResults};

use protocol::frames::METERED_FRAME;

use super::*;
use crate::count_messages::Pushed;

struct Scene {
    push: PushUpdates,
    connections: Arc<MemoryConnections>,
    postman: Arc<MemoryPostman>,
    clock: Arc<FixedClock>,
    faults: Faults,
    owner: Identity,
    task: RequestId,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let connections = Arc::new(MemoryConnections::new(&faults));
    let postman = Arc::new(MemoryPostman::default());
    let clock = Arc::new(FixedClock::at(NOW + HANDSHAKE));
    let push = PushUpdates {
        connections: connections.clone(),
        postman: postman.clone(),
        pushed: Pushed::default(),
        results: Arc::new(MemoryResults::new(&faults)),
        clock: clock.clone(),
        entropy: Arc::new(Counting::default()),
    };
    Scene {
        push,
        connections,
        postman,
        clock,
        faults,
        owner: build::identity(&build::tenant()),
        task: build::request_id(),
    }
}

impl Scene {
    /// Opens a page of the task's owner.
    async fn page(&self) -> ConnectionId {
        self.page_of(&self.owner).await
    }

    async fn page_of(&self, identity: &Identity) -> ConnectionId {
        let page: Connection = build::connection(identity);
        self.connections.register(&page).await.unwrap();
        page.id
    }

    fn update(&self, version: u64, status: Status, progress: Option<u8>) -> Announcement {
        let running = status == Status::Processing;
        Announcement {
            tenant: self.owner.tenant.clone(),
            owner: self.owner.user.clone(),
            request_id: self.task,
            kind: "aggregate".into(),
            tags: vec![],
            update: Update {
                version,
                status,
                phase: running.then_some(Phase::Running),
                progress: progress.map(|percent| Progress {
                    percent,
                    message: "working".into(),
                }),
                attempt: 1,
                error: None,
                at: NOW,
            },
            result: None,
            trace: None,
        }
    }

    fn progress(&self, version: u64) -> Announcement {
        self.update(version, Status::Processing, Some(10))
    }

    fn end(&self, version: u64) -> Announcement {
        self.update(version, Status::Completed, None)
    }

    fn frames(&self, id: &ConnectionId) -> Vec<Value> {
        let posted = self.postman.posted_to(id).into_iter();
        posted
            .map(|message| serde_json::from_str(&message).unwrap())
            .collect()
    }

    fn versions(&self, id: &ConnectionId) -> Vec<u64> {
        let frames = self.frames(id).into_iter();
        frames
            .map(|frame| frame["version"].as_u64().unwrap())
            .collect()
    }
}

fn all_pushed(outcomes: &[Result<(), PushError>]) -> bool {
    outcomes.iter().all(Result::is_ok)
}

#[tokio::test]
async fn every_page_gets_each_update_once_and_in_order() {
    let scene = scene();
    let (first, second) = (scene.page().await, scene.page().await);
    let other = scene.page_of(&build::identity(&scene.owner.tenant)).await;
    let namesake = Identity {
        tenant: build::tenant(),
        ..scene.owner.clone()
    };
    let foreign = scene.page_of(&namesake).await;
    let batch = [
        scene.end(5),
        scene.progress(3),
        scene.progress(4),
        scene.end(5),
    ];
    assert!(all_pushed(&scene.push.run(&batch).await));
    for page in [&first, &second] {
        assert_eq!(scene.versions(page), [5]);
    }
    for page in [&other, &foreign] {
        assert_eq!(scene.versions(page), [0_u64; 0]);
    }
}

#[tokio::test]
async fn a_page_that_listens_twice_hears_once() {
    let scene = scene();
    let page = scene.page().await;
    let tenant = scene.owner.tenant.clone();
    let watcher = scene.page_of(&build::identity(&tenant)).await;
    scene
        .connections
        .subscribe(&page, Topic::Task(tenant.clone(), scene.task));
    scene
        .connections
        .subscribe(&page, Topic::Tag(tenant.clone(), "nightly".into()));
    scene
        .connections
        .subscribe(&watcher, Topic::Tag(tenant, "nightly".into()));
    let mut update = scene.end(2);
    update.tags = vec!["nightly".into()];
    scene.push.run(&[update]).await;
    assert_eq!(scene.versions(&page), [2]);
    assert_eq!(scene.versions(&watcher), [2]);
}

#[tokio::test]
async fn topics_are_looked_up_once() {
    let scene = scene();
    scene.page().await;
    let batch: Vec<_> = (2..12).map(|version| scene.progress(version)).collect();
    scene.push.run(&batch).await;
    assert_eq!(
        scene.faults.count("connections.listeners"),
        2,
        "the user, the task"
    );
}

#[tokio::test]
async fn a_large_result_is_linked_where_somebody_listens() {
    let scene = scene();
    let mut update = scene.end(2);
    update.result = Some(TaskResult::Stored {
        key: "t/results/r/1.json".into(),
        bytes: 40_000,
    });
    scene.push.run(&[update.clone()]).await;
    assert_eq!(scene.faults.count("results.link"), 0);

    let page = scene.page().await;
    scene.push.run(&[update.clone()]).await;
    let frame = scene.frames(&page).remove(0);
    assert_eq!(frame["result_url"], "memory://t/results/r/1.json");

    scene.faults.always("results.link", Fault::Unavailable);
    let outcomes = scene.push.run(&[update]).await;
    assert!(matches!(outcomes[0], Err(PushError::Link(_))));
}

/// An inline result that makes its message this long, or a little longer.
fn inline(bytes: usize) -> TaskResult {
    let value = json!("x".repeat(bytes));
    TaskResult::Inline { value }
}

#[tokio::test]
async fn a_result_that_is_too_large_for_a_frame_is_told_by_its_link() {
    for bytes in [METERED_FRAME, LONGEST_FRAME, 5 * LONGEST_FRAME] {
        let scene = scene();
        let page = scene.page().await;
        let mut update = scene.end(2);
        update.result = Some(inline(bytes));
        let outcomes = scene.push.run(&[update, scene.end(3)]).await;
        assert!(all_pushed(&outcomes), "{outcomes:?}");
        let frame = scene.frames(&page).remove(0);
        assert_eq!(frame.get("result"), None);
        let link = frame["result_url"].as_str().unwrap();
        assert!(link.contains(scene.owner.tenant.as_str()), "{link}");
        assert_eq!(scene.versions(&page), [2, 3]);
    }
}

#[tokio::test]
async fn a_result_that_fits_goes_as_it_is() {
    let scene = scene();
    let page = scene.page().await;
    let mut update = scene.end(2);
    update.result = Some(inline(METERED_FRAME - 1_000));
    scene.push.run(&[update]).await;
    assert!(scene.frames(&page)[0]["result"].is_string());
    assert_eq!(scene.faults.count("results.put"), 0);
}

/// What the gateway takes is sent in full, at the price of some more metered frames.
#[tokio::test]
async fn while_the_store_is_away_only_what_the_gateway_takes_is_sent() {
    let scene = scene();
    let page = scene.page().await;
    scene.faults.always("results.put", Fault::Unavailable);
    let (mut large, mut too_large) = (scene.end(2), scene.end(3));
    large.result = Some(inline(2 * METERED_FRAME));
    too_large.result = Some(inline(LONGEST_FRAME));
    let outcomes = scene.push.run(&[large, too_large]).await;
    assert!(outcomes[0].is_ok());
    assert!(matches!(outcomes[1], Err(PushError::Link(_))));
    assert_eq!(scene.versions(&page), [2]);
}

#[tokio::test]
async fn words_that_are_too_long_are_cut_and_tags_cannot_be() {
    let scene = scene();
    let page = scene.page().await;
    let mut wordy = scene.update(2, Status::Failed, Some(1));
    let long = "ä".repeat(LONGEST_FRAME);
    wordy.update.error = Some(Failure::permanent("broken", long.clone()));
    let mut laden = scene.end(3);
    laden.tags = vec![long];
    let outcomes = scene.push.run(&[wordy, laden]).await;
    assert!(outcomes[0].is_ok());
    assert!(matches!(outcomes[1], Err(PushError::TooLarge { .. })));
    let frame = scene.frames(&page).remove(0);
    assert_eq!(frame["error"]["message"].as_str().unwrap().len(), 1_024);
}

#[tokio::test]
async fn operators_get_a_copy_of_every_failure_and_of_nothing_else() {
    let scene = scene();
    let page = scene.page().await;
    let operator = Identity {
        scopes: [Scope::Operator].into(),
        ..build::identity(&build::tenant())
    };
    let operator = scene.page_of(&operator).await;
    for id in [&operator, &page] {
        scene.connections.subscribe(id, Topic::Operators);
    }
    let failed = scene.update(3, Status::Failed, None);
    let late = scene.update(5, Status::TimedOut, None);
    let cancelled = scene.update(6, Status::Cancelled, None);
    let batch = [scene.progress(2), failed, scene.end(4), late, cancelled];
    assert!(all_pushed(&scene.push.run(&batch).await));
    assert_eq!(scene.versions(&operator), [3, 5]);
    for frame in scene.frames(&operator) {
        assert_eq!(frame["stream"], "operators");
        assert_eq!(frame["tenant"], scene.owner.tenant.as_str());
    }
    // Whoever submitted the task gets both, the copy after the update.
    assert_eq!(scene.versions(&page), [3, 3, 4, 5, 5, 6]);
    assert_eq!(scene.frames(&page)[0].get("stream"), None);
}

/// The connection is stored while its handshake goes on, and the gateway calls it gone.
#[tokio::test(start_paused = true)]
async fn a_page_that_is_about_to_open_is_waited_for_and_never_forgotten() {
    let scene = scene();
    scene.clock.advance(-HANDSHAKE);
    let (opening, aborted) = (scene.page().await, scene.page().await);
    scene.postman.set(&aborted, Behaviour::Gone);
    scene.postman.set(&opening, Behaviour::Gone);
    let postman = scene.postman.clone();
    let opens = async {
        tokio::task::yield_now().await;
        while postman.tries(&opening) == 0 {
            tokio::task::yield_now().await;
        }
        postman.set(&opening, Behaviour::Open);
    };
    let batch = [scene.end(2)];
    let (outcomes, ()) = tokio::join!(scene.push.run(&batch), opens);
    assert!(all_pushed(&outcomes));
    assert_eq!(scene.versions(&opening), [2]);
    assert_eq!(scene.connections.ids().len(), 2);
    scene.clock.advance(HANDSHAKE);
    scene.push.run(&batch).await;
    assert_eq!(scene.connections.ids(), [opening]);
}

#[tokio::test]
async fn a_page_that_is_gone_is_forgotten() {
    let scene = scene();
    let (gone, open) = (scene.page().await, scene.page().await);
    scene.postman.set(&gone, Behaviour::Gone);
    let batch = [scene.update(2, Status::Processing, None), scene.end(3)];
    assert!(all_pushed(&scene.push.run(&batch).await));
    assert_eq!(scene.connections.ids(), std::slice::from_ref(&open));
    assert_eq!(scene.postman.tries(&gone), 1);
    assert_eq!(scene.versions(&open), [2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_page_is_tried_again() {
    let scene = scene();
    let page = scene.page().await;
    scene.postman.set(&page, Behaviour::Throttled(2));
    let batch = [scene.update(2, Status::Processing, None), scene.end(3)];
    assert!(all_pushed(&scene.push.run(&batch).await));
    assert_eq!(scene.versions(&page), [2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_takes_nothing_is_left_alone_and_reported() {
    let scene = scene();
    let (dead, open) = (scene.page().await, scene.page().await);
    scene.postman.set(&dead, Behaviour::Failing);
    let batch = [scene.update(2, Status::Processing, None), scene.end(3)];
    let outcomes = scene.push.run(&batch).await;
    for outcome in &outcomes {
        assert!(matches!(
            outcome,
            Err(PushError::Unreached { connections: 1 })
        ));
    }
    assert_eq!(
        scene.postman.tries(&dead),
        3,
        "the second update is not tried"
    );
    assert_eq!(scene.versions(&open), [2, 3]);
}

#[tokio::test(start_paused = true)]
async fn slow_pages_do_not_delay_the_others() {
    let scene = scene();
    let mut open = Vec::new();
    for n in 0..200 {
        let page = scene.page().await;
        match n % 10 {
            0 => scene
                .postman
                .set(&page, Behaviour::Slow(Duration::from_mins(1))),
            1 => scene.postman.set(&page, Behaviour::Failing),
            _ => open.push(page),
        }
    }
    let started = Instant::now();
    let batch = [scene.update(2, Status::Processing, None), scene.end(3)];
    scene.push.run(&batch).await;
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    for page in &open {
        assert_eq!(scene.versions(page), [2, 3]);
    }
    let posted = scene.postman.posted();
    let latest = posted.iter().map(|posted| posted.at - started).max();
    assert!(latest.unwrap() < Duration::from_secs(1), "{latest:?}");
}

#[tokio::test(start_paused = true)]
async fn a_batch_ends_in_time_however_many_are_slow() {
    let scene = scene();
    for _ in 0..300 {
        let page = scene.page().await;
        scene
            .postman
            .set(&page, Behaviour::Slow(Duration::from_mins(1)));
    }
    let started = Instant::now();
    let outcomes = scene.push.run(&[scene.end(2)]).await;
    assert_eq!(started.elapsed(), BUDGET);
    assert!(matches!(
        outcomes[0],
        Err(PushError::Unreached { connections: 300 })
    ));
}

#[tokio::test]
async fn without_its_listeners_an_update_fails() {
    let scene = scene();
    let page = scene.page().await;
    let mut other = scene.end(4);
    other.request_id = build::request_id();
    other.owner = build::user();
    // One of the lookups for the first task.
    scene
        .faults
        .on("connections.listeners", 1, Fault::Unavailable);
    let outcomes = scene.push.run(&[scene.end(2), other]).await;
    let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    assert_eq!(failed, 1, "{outcomes:?}");
    assert!(scene.versions(&page).len() <= 1);
}

fn any_batch() -> impl Strategy<Value = Vec<Announcement>> {
    let scene = scene();
    let tasks: Vec<_> = (0..3).map(|_| build::request_id()).collect();
    let one = (0..3_usize, 1..8_u64, 0..3_u8).prop_map(move |(task, version, what)| Announcement {
        request_id: tasks[task],
        ..match what {
            0 => scene.progress(version),
            1 => scene.update(version, Status::Processing, None),
            _ => scene.end(version),
        }
    });
    prop::collection::vec(one, 0..20)
}

proptest! {
    #[test]
    fn only_overtaken_progress_and_repetitions_are_left_out(batch in any_batch()) {
        let order = select::in_order(&batch);
        let key = |n: usize| (batch[n].request_id, batch[n].update.version);
        prop_assert!(order.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        for (n, left_out) in batch.iter().enumerate().filter(|(n, _)| !order.contains(n)) {
            let repeated = batch[..n].iter().any(|earlier| {
                (earlier.request_id, earlier.update.version) == key(n)
            });
            let overtaken = left_out.update.progress.is_some() && batch.iter().any(|newer| {
                newer.request_id == left_out.request_id
                    && newer.update.version > left_out.update.version
            });
            prop_assert!(repeated || overtaken);
        }
        for n in &order {
            let newest = batch.iter().filter(|one| one.request_id == batch[*n].request_id);
            let newest = newest.map(|one| one.update.version).max();
            let progress = batch[*n].update.progress.is_some();
            prop_assert!(!progress || newest == Some(batch[*n].update.version));
        }
    }
}
