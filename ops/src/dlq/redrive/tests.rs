use std::sync::Arc;

use app::announce::Announcer;
use app::{Compute, RedriveLetter, RedriveTask};
use domain::dead_letters::DeadQueue;
use domain::ports::TaskStore as _;
use domain::task::TaskResult;
use domain::{Failure, TenantId};
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{
    Fault, Faults, MemoryBuriedLetters, MemoryCallbackQueue, MemorySourceQueues, MemoryTaskQueue,
    MemoryTasks, MemoryUpdateQueue,
};
use time::Duration as Length;
use tokio::time::Instant;

use super::super::edit::{EditError, replace};
use super::super::find::{FindError, find};
use super::super::purge::purge;
use super::super::shown::samples::{held, message};
use super::*;

mod editor;

/// Dead letters of the three queues, and the system that they go back to.
struct Scene {
    triage: Triage,
    letters: Arc<MemoryBuriedLetters>,
    sources: Arc<MemorySourceQueues>,
    tasks: Arc<MemoryTasks>,
    queue: Arc<MemoryTaskQueue>,
    faults: Faults,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let queue = Arc::new(MemoryTaskQueue::new(&faults));
    let letters = Arc::new(MemoryBuriedLetters::new(&faults));
    let sources = Arc::new(MemorySourceQueues::new(&faults));
    let clock = Arc::new(FixedClock::at(NOW));
    let redrive_task = RedriveTask {
        tasks: tasks.clone(),
        queue: queue.clone(),
        pauses: None,
        announcer: Announcer {
            updates: Arc::new(MemoryUpdateQueue::new(&faults)),
            callbacks: Arc::new(MemoryCallbackQueue::new(&faults)),
        },
        compute: Compute::unpaid(),
        clock: clock.clone(),
    };
    let redrive = RedriveLetter {
        redrive_task,
        sources: sources.clone(),
    };
    Scene {
        triage: Triage::new(letters.clone(), tasks.clone(), redrive, clock),
        letters,
        sources,
        tasks,
        queue,
        faults,
    }
}

fn failed(tenant: &str) -> Task {
    let mut task = build::task(&TenantId::new(tenant).unwrap(), "aggregate", json!({}));
    let token = build::lease_token();
    task.claim(token, NOW, Length::MINUTE).unwrap();
    let failure = Failure::permanent("bad_data", "The data is bad.");
    task.fail(token, failure, NOW).unwrap();
    task
}

impl Scene {
    /// A failed task whose message is a dead letter.
    fn buried(&self, id: &str, tenant: &str) -> Task {
        let task = failed(tenant);
        self.tasks.put(task.clone());
        self.letters.put(
            DeadQueue::Work,
            held(id, &message(&task), Some("bad_data: The data is bad.")),
        );
        task
    }

    /// The ids of the letters of a queue, none of which anybody holds.
    async fn left(&self, queue: DeadQueue) -> Vec<String> {
        self.triage.put_back().await;
        assert_eq!(self.letters.hands(queue), [""; 0], "not put back");
        self.letters.lying(queue)
    }

    /// Runs what is sent, as a worker would.
    async fn work(&self, ends_well: bool) {
        loop {
            for (tenant, id) in self.queue.take() {
                let mut task = self.tasks.load(&tenant, id).await.unwrap().unwrap();
                let (from, token) = (task.version, build::lease_token());
                task.claim(token, NOW, Length::MINUTE).unwrap();
                if ends_well {
                    let value = json!(1);
                    task.complete(token, TaskResult::Inline { value }, NOW)
                        .unwrap();
                } else {
                    let failure = Failure::permanent("bad_data", "The data is bad.");
                    task.fail(token, failure, NOW).unwrap();
                    // Its letter is another one each time.
                    let again = format!("again-{}", task.version);
                    self.letters.put(
                        DeadQueue::Work,
                        held(&again, &message(&task), Some("bad_data: again")),
                    );
                }
                self.tasks.replace(&task, from).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn redrive(&self, order: &Order, ends_well: bool) -> Redriven {
        tokio::select! {
            redriven = redrive(&self.triage, order, &|_| {}) => redriven.unwrap(),
            () = self.work(ends_well) => unreachable!("it works for ever"),
        }
    }
}

fn order(filter: Filter) -> Order {
    Order {
        filter,
        rate: "1000/s".parse().unwrap(),
        most: 1_000,
        patience: Some(Duration::from_mins(1)),
    }
}

#[tokio::test(start_paused = true)]
async fn tasks_run_again_and_their_letters_are_gone() {
    let scene = scene();
    for n in 0..25 {
        scene.buried(&format!("letter-{n}"), "acme");
    }
    let other = scene.buried("other", "zenith");
    let filter = Filter {
        tenant: Some("acme".into()),
        reason: Some("bad_data".into()),
        ..Filter::default()
    };
    let redriven = scene.redrive(&order(filter), true).await;
    assert!(redriven.is_well(), "{redriven:?}");
    assert_eq!((redriven.sent, redriven.outcomes.len()), (25, 25));
    assert_eq!(scene.left(DeadQueue::Work).await, ["other"]);
    assert_eq!(scene.tasks.get(other.request_id), Some(other));
}

/// Not for ever in one go.
#[tokio::test(start_paused = true)]
async fn what_fails_again_is_told_and_is_there_for_the_next_time() {
    let scene = scene();
    scene.buried("letter", "acme");
    let redriven = scene.redrive(&order(Filter::default()), false).await;
    assert!(!redriven.is_well());
    let [outcome] = &redriven.outcomes[..] else {
        panic!("{redriven:?}");
    };
    assert_eq!(outcome.status, Status::Failed);
    assert_eq!(outcome.error.as_deref(), Some("bad_data: The data is bad."));
    assert_eq!(scene.left(DeadQueue::Work).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_kept() {
    let scene = scene();
    for n in 0..11 {
        scene.buried(&format!("letter-{n}"), "acme");
    }
    let slow = Order {
        rate: "30/m".parse().unwrap(),
        patience: None,
        ..order(Filter::default())
    };
    let start = Instant::now();
    let redriven = redrive(&scene.triage, &slow, &|_| {}).await.unwrap();
    assert_eq!((redriven.sent, redriven.outcomes.len()), (11, 0));
    assert_eq!(start.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_works_on_is_told_when_patience_ends() {
    let scene = scene();
    scene.buried("letter", "acme");
    let start = Instant::now();
    let redriven = redrive(&scene.triage, &order(Filter::default()), &|_| {})
        .await
        .unwrap();
    assert_eq!(redriven.outcomes[0].status, Status::Processing);
    assert!(!redriven.is_well());
    assert_eq!(start.elapsed().as_secs(), 60);
}

#[tokio::test]
async fn messages_of_other_queues_go_back_as_they_are() {
    let scene = scene();
    let hang_up = r#"{"v":1,"ask":"hang_up","connection_id":"c="}"#;
    scene
        .letters
        .put(DeadQueue::Updates, held("update", hang_up, None));
    let acme = TenantId::new("acme").unwrap();
    let id = build::request_id().to_string();
    let callback = json!({"v": 1, "tenant": "acme", "request_id": id, "version": 3}).to_string();
    scene.letters.put(
        DeadQueue::Callbacks,
        held("callback", &callback, Some("receiver_gone: 410")),
    );
    let redriven = scene.redrive(&order(Filter::default()), true).await;
    assert_eq!(redriven.sent, 2);
    let sent = [
        (DeadQueue::Updates, hang_up.to_owned(), None),
        (DeadQueue::Callbacks, callback, Some(acme)),
    ];
    assert_eq!(scene.sources.take(), sent);
    assert_eq!(
        scene.left(DeadQueue::Updates).await.len() + scene.left(DeadQueue::Callbacks).await.len(),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn poison_is_kept_until_it_is_mended() {
    let scene = scene();
    scene.letters.put(
        DeadQueue::Work,
        held("poison", r#"{"v":99}"#, Some("unreadable_message: v99")),
    );
    let redriven = scene.redrive(&order(Filter::default()), true).await;
    assert_eq!(redriven.kept[0].1.code, "unreadable_message");
    assert_eq!(scene.left(DeadQueue::Work).await, ["poison"]);

    let task = failed("acme");
    scene.tasks.put(task.clone());
    let letter = find(&scene.triage, "poi").await.unwrap();
    let refused = replace(&scene.triage, &letter, r#"{"v":1}"#).await;
    assert!(
        matches!(refused, Err(EditError::Invalid { .. })),
        "{refused:?}"
    );
    assert_eq!(scene.left(DeadQueue::Work).await, ["poison"]);
    let letter = find(&scene.triage, "poi").await.unwrap();
    let sent = replace(&scene.triage, &letter, &message(&task))
        .await
        .unwrap();
    assert!(matches!(sent, Sent::Task(sent) if sent.request_id == task.request_id));
    assert_eq!(scene.left(DeadQueue::Work).await, [""; 0]);
    assert_eq!(scene.queue.take().len(), 1);
}

#[tokio::test]
async fn a_letter_of_a_task_that_was_settled_or_is_gone() {
    let scene = scene();
    let mut task = build::task(&build::tenant(), "aggregate", json!({}));
    task.cancel(NOW).unwrap();
    scene.tasks.put(task.clone());
    scene
        .letters
        .put(DeadQueue::Work, held("settled", &message(&task), None));
    let gone = build::task(&build::tenant(), "aggregate", json!({}));
    scene
        .letters
        .put(DeadQueue::Work, held("gone", &message(&gone), None));
    let redriven = redrive(&scene.triage, &order(Filter::default()), &|_| {})
        .await
        .unwrap();
    assert_eq!((redriven.sent, redriven.settled), (0, 1));
    assert_eq!(redriven.kept[0].1.code, "task_not_found");
    assert_eq!(scene.left(DeadQueue::Work).await, ["gone"]);
}

/// Whatever breaks off at whatever call, as in a crash: no letter is lost before its task is on its way.
#[tokio::test(start_paused = true)]
async fn a_stop_at_any_moment_loses_nothing() {
    for fault in [
        Fault::HangBefore,
        Fault::HangAfter,
        Fault::Unavailable,
        Fault::LostAnswer,
    ] {
        for nth in 1.. {
            let scene = scene();
            let tasks = [scene.buried("one", "acme"), scene.buried("two", "acme")];
            scene.faults.on_any(nth, fault);
            let unwatched = Order {
                patience: None,
                ..order(Filter::default())
            };
            let run = redrive(&scene.triage, &unwatched, &|_| {});
            let first = tokio::time::timeout(Duration::from_secs(100), run).await;
            let calls = scene.faults.calls().len();
            // Killed, so nothing was given back.
            scene.faults.clear();
            scene.letters.let_go();
            let sent = scene.queue.take();
            for task in &tasks {
                let named = |(_, id): &(TenantId, _)| *id == task.request_id;
                let letter = if task == &tasks[0] { "one" } else { "two" };
                let lying = scene.letters.lying(DeadQueue::Work);
                let kept = lying.iter().any(|id| id == letter);
                assert!(
                    kept || sent.iter().any(named),
                    "{fault:?} {nth}: {letter} is lost"
                );
            }
            let again = Triage::new(
                scene.letters.clone(),
                scene.tasks.clone(),
                scene.triage.redrive.clone(),
                scene.triage.clock.clone(),
            );
            let redriven = redrive(&again, &unwatched, &|_| {}).await.unwrap();
            assert_eq!(redriven.kept, [], "{fault:?} {nth}");
            assert_eq!(
                scene.left(DeadQueue::Work).await,
                [""; 0],
                "{fault:?} {nth}"
            );
            if first.is_ok_and(|done| done.is_ok()) && nth > calls {
                break;
            }
        }
    }
}

#[tokio::test]
async fn only_what_was_counted_is_purged() {
    let scene = scene();
    scene.buried("one", "acme");
    scene.buried("two", "acme");
    let (letters, complete) = scene.triage.all(&Filter::default(), 100).await.unwrap();
    assert!(complete);
    scene.buried("three", "acme");
    scene.triage.remove(&letters[0]).await.unwrap();
    let purged = purge(&scene.triage, &letters, 100).await.unwrap();
    assert_eq!((purged.purged, purged.gone), (1, 1));
    assert_eq!(scene.left(DeadQueue::Work).await, ["three"]);
}

#[tokio::test]
async fn a_letter_is_found_by_the_beginning_of_its_id() {
    let scene = scene();
    scene.buried("letter-1", "acme");
    scene.buried("letter-2", "acme");
    let found = async |id| find(&scene.triage, id).await.map(|letter| letter.held.id);
    assert_eq!(found("letter-2").await.unwrap(), "letter-2");
    scene.triage.put_back().await;
    assert!(matches!(
        found("letter").await,
        Err(FindError::Ambiguous { count: 2, .. })
    ));
    scene.triage.put_back().await;
    assert!(matches!(found("x").await, Err(FindError::Unknown(_))));
}

#[tokio::test]
async fn more_than_were_looked_at_is_told() {
    let scene = scene();
    for n in 0..30 {
        scene.buried(&format!("letter-{n:02}"), "acme");
    }
    let (letters, complete) = scene.triage.all(&Filter::default(), 20).await.unwrap();
    assert_eq!((letters.len(), complete), (20, false));
    assert_eq!(scene.left(DeadQueue::Work).await.len(), 30);
}
