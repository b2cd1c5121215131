use std::collections::BTreeSet;
use std::sync::Arc;

use domain::dead_letters::{DeadQueue, RECEIVED_TOO_OFTEN};
use domain::ports::{DeadLetter, Pauses as _};
use domain::{Failure, RequestId, Status, Task, TenantId};
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{
    Fault, Faults, MemoryBuriedLetters, MemoryCallbackQueue, MemoryPauses, MemorySourceQueues,
    MemoryTaskQueue, MemoryTasks, MemoryUpdateQueue,
};
use time::Duration;

use super::*;
use crate::announce::Announcer;
use crate::{Compute, PauseCheck, RedriveTask};

struct Scene {
    look: LookAtDeadLetters,
    redrive: RedriveDeadLetters,
    letters: Arc<MemoryBuriedLetters>,
    sources: Arc<MemorySourceQueues>,
    tasks: Arc<MemoryTasks>,
    queue: Arc<MemoryTaskQueue>,
    pauses: Arc<MemoryPauses>,
    faults: Faults,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let clock = Arc::new(FixedClock::at(NOW));
    let letters = Arc::new(MemoryBuriedLetters::new(&faults));
    let sources = Arc::new(MemorySourceQueues::new(&faults));
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let queue = Arc::new(MemoryTaskQueue::new(&faults));
    let pauses = Arc::new(MemoryPauses::new(clock.clone(), &faults));
    let redrive_task = RedriveTask {
        tasks: tasks.clone(),
        queue: queue.clone(),
        pauses: Some(PauseCheck::new(pauses.clone(), clock.clone())),
        announcer: Announcer {
            updates: Arc::new(MemoryUpdateQueue::new(&faults)),
            callbacks: Arc::new(MemoryCallbackQueue::new(&faults)),
        },
        compute: Compute::lambda(256),
        clock,
    };
    Scene {
        look: LookAtDeadLetters {
            letters: letters.clone(),
            tasks: tasks.clone(),
        },
        redrive: RedriveDeadLetters {
            letters: letters.clone(),
            redrive: RedriveLetter {
                redrive_task,
                sources: sources.clone(),
            },
        },
        letters,
        sources,
        tasks,
        queue,
        pauses,
        faults,
    }
}

impl Scene {
    fn bury(&self, body: &str, reason: &str) {
        let letter = DeadLetter {
            body: body.into(),
            message_id: "original".into(),
            reason: reason.into(),
        };
        self.letters.bury(DeadQueue::Work, &letter);
    }

    /// A letter about a task with this end, or one that goes on.
    fn task(&self, end: Option<Status>) -> Task {
        let mut task = build::task(&build::tenant(), "aggregate", json!({}));
        let token = build::lease_token();
        task.claim(token, NOW, Duration::MINUTE).unwrap();
        let failure = Failure::permanent("bad_data", "The data is bad.");
        match end {
            Some(Status::Failed) => task.fail(token, failure, NOW).unwrap(),
            Some(Status::TimedOut) => task.time_out(token, failure, NOW).unwrap(),
            Some(Status::Cancelled) => task.cancel(NOW).unwrap(),
            _ => {}
        }
        self.tasks.put(task.clone());
        let body = json!({"v": 1, "tenant": task.tenant, "request_id": task.request_id});
        self.bury(&body.to_string(), "bad_data: The data is bad.");
        task
    }

    fn lying(&self) -> usize {
        self.letters.lying(DeadQueue::Work).len()
    }

    async fn redrive(&self, only: Option<&BTreeSet<RequestId>>) -> Redriven {
        self.redrive.run(DeadQueue::Work, only).await.unwrap()
    }
}

#[tokio::test]
async fn a_look_names_the_task_and_leaves_everything_where_it_is() {
    let scene = scene();
    let failed = scene.task(Some(Status::Failed));
    scene.bury("poison", "");
    let look = scene.look.run(DeadQueue::Work, 10).await.unwrap();
    assert_eq!(scene.lying(), 2);
    let [ours, poison] = &look[..] else {
        panic!("{look:?}");
    };
    assert_eq!(ours.reason_code(), "bad_data");
    assert_eq!(ours.task, Some(Box::new(failed)));
    assert_eq!(poison.reason_code(), RECEIVED_TOO_OFTEN);
    assert_eq!(poison.task, None);
    assert!(poison.about.is_err());
    assert_eq!(scene.sources.take(), []);
    let one = scene.look.run(DeadQueue::Work, 1).await.unwrap();
    assert_eq!((one.len(), scene.lying()), (1, 2));
}

#[tokio::test]
async fn a_look_that_fails_after_it_took_letters_has_put_them_back() {
    let scene = scene();
    scene.task(Some(Status::Failed));
    scene.faults.on("tasks.load", 1, Fault::Unavailable);
    scene.look.run(DeadQueue::Work, 10).await.unwrap_err();
    assert_eq!(scene.lying(), 1);
}

#[tokio::test]
async fn what_has_ended_badly_runs_again_and_all_else_is_sent() {
    let scene = scene();
    let failed = scene.task(Some(Status::Failed));
    let late = scene.task(Some(Status::TimedOut));
    let called_off = scene.task(Some(Status::Cancelled));
    let running = scene.task(None);
    scene.bury("poison", "unreadable_message: ?");
    let redriven = scene.redrive(None).await;
    let expected = Redriven {
        redriven: 5,
        ..Redriven::default()
    };
    assert_eq!(redriven, expected);
    assert_eq!(scene.lying(), 0);
    let mut queued: Vec<_> = scene.queue.take().into_iter().map(|(_, id)| id).collect();
    queued.sort();
    let ids = [&failed, &late, &running].map(|task| task.request_id);
    assert_eq!(queued, ids);
    for id in ids {
        let stored = scene.tasks.get(id).unwrap();
        assert_eq!(stored.status(), Status::Processing);
    }
    let as_they_are = scene.sources.take().into_iter();
    let as_they_are: BTreeSet<_> = as_they_are
        .map(|(queue, body, tenant)| (queue, body == "poison", tenant))
        .collect();
    let expected = [
        (DeadQueue::Work, false, Some(called_off.tenant)),
        (DeadQueue::Work, true, None),
    ];
    assert_eq!(as_they_are, expected.into());
}

/// A fair queue knows whose message it is.
#[tokio::test]
async fn what_is_sent_again_stays_in_the_group_of_its_tenant() {
    let scene = scene();
    let tenant = build::tenant();
    let callback =
        json!({"v": 1, "tenant": tenant, "request_id": build::request_id(), "version": 3});
    let hang_up = r#"{"v":1,"ask":"hang_up","connection_id":"c="}"#;
    let sent = async |queue: DeadQueue, body: String| {
        let letter = DeadLetter {
            body,
            message_id: "original".into(),
            reason: String::new(),
        };
        scene.letters.bury(queue, &letter);
        let redriven = scene.redrive.run(queue, None).await.unwrap();
        assert_eq!(redriven.redriven, 1);
        let (to, body, tenant) = scene.sources.take().remove(0);
        assert_eq!((to, body), (queue, letter.body));
        tenant
    };
    let group: Option<TenantId> = sent(DeadQueue::Callbacks, callback.to_string()).await;
    assert_eq!(group, Some(tenant));
    assert_eq!(sent(DeadQueue::Updates, hang_up.into()).await, None);
}

/// The page runs nothing that is paused; `ops dlq redrive` does.
#[tokio::test]
async fn what_is_paused_stays() {
    let scene = scene();
    let failed = scene.task(Some(Status::Failed));
    let subject = format!("tenant:{}", failed.tenant);
    let pause = build::pause(&subject, "operator:ada", NOW);
    assert!(scene.pauses.pause(&pause).await.unwrap());
    let redriven = scene.redrive(None).await;
    assert_eq!((redriven.redriven, redriven.left), (0, 1));
    assert!(redriven.problem.is_some());
    assert_eq!((scene.lying(), scene.queue.take().len()), (1, 0));
    let mut heedless = scene.redrive.clone();
    heedless.redrive.redrive_task.pauses = None;
    let redriven = heedless.run(DeadQueue::Work, None).await.unwrap();
    assert_eq!((redriven.redriven, scene.queue.take().len()), (1, 1));
}

#[tokio::test]
async fn letters_about_other_tasks_stay() {
    let scene = scene();
    let wanted = scene.task(Some(Status::Failed));
    scene.task(Some(Status::Failed));
    scene.bury("poison", "");
    let redriven = scene.redrive(Some(&[wanted.request_id].into())).await;
    assert_eq!((redriven.redriven, redriven.left), (1, 2));
    assert_eq!(scene.lying(), 2);
    assert_eq!(scene.queue.take().len(), 1);
    let nobody = scene.redrive(Some(&[build::request_id()].into())).await;
    assert_eq!((nobody.redriven, nobody.left), (0, 2));
    let nothing = BTreeSet::new();
    let none = scene.redrive.run(DeadQueue::Work, Some(&nothing)).await;
    assert!(matches!(none, Err(RedriveError::Names { given: 0 })));
}

/// Whatever call gets lost, redriving once more leaves no letter, and no task that is not queued.
#[tokio::test(start_paused = true)]
async fn redriving_again_heals_what_broke_off() {
    for call in [
        "letters.put_back",
        "letters.remove",
        "sources.send_again",
        "tasks.replace",
    ] {
        for fault in [Fault::Unavailable, Fault::LostAnswer] {
            let scene = scene();
            let failed = scene.task(Some(Status::Failed));
            scene.bury("poison", "");
            scene.faults.on(call, 1, fault);
            let first = scene.redrive.run(DeadQueue::Work, None).await;
            let held = scene.letters.hands(DeadQueue::Work).len();
            match first {
                Ok(redriven) => assert_eq!(redriven.left, scene.lying() + held),
                Err(_) => assert_eq!(call, "letters.remove"),
            }
            // A hand that broke off lets go after a while.
            scene.letters.let_go();
            scene.redrive(None).await;
            assert_eq!(scene.lying(), 0, "{fault:?} at {call}");
            let stored = scene.tasks.get(failed.request_id).unwrap();
            assert_eq!(stored.status(), Status::Processing, "{fault:?} at {call}");
        }
    }
}

#[tokio::test]
async fn a_task_that_cannot_run_again_says_why() {
    let scene = scene();
    let mut late = build::task(&build::tenant(), "aggregate", json!({}));
    late.terms.deadline = Some(NOW);
    let token = build::lease_token();
    late.claim(token, NOW, Duration::MINUTE).unwrap();
    let failure = Failure::permanent("bad_data", "The data is bad.");
    late.fail(token, failure, NOW).unwrap();
    scene.tasks.put(late.clone());
    let body = json!({"v": 1, "tenant": late.tenant, "request_id": late.request_id});
    scene.bury(&body.to_string(), "");
    let redriven = scene.redrive(None).await;
    assert_eq!((redriven.redriven, redriven.left), (0, 1));
    let problem = redriven.problem.unwrap();
    assert!(problem.contains("deadline"), "{problem}");
    assert_eq!(scene.lying(), 1);
}
