use domain::Failure;
use futures::future::join_all;
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{
    Fault, Faults, MemoryCallbackQueue, MemoryTaskQueue, MemoryTasks, MemoryUpdateQueue,
};
use time::Duration;

use super::*;
use crate::Compute;
use crate::announce::Announcer;

struct Scene {
    cancel: CancelTask,
    tasks: Arc<MemoryTasks>,
    updates: Arc<MemoryUpdateQueue>,
    queue: Arc<MemoryTaskQueue>,
    faults: Faults,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let updates = Arc::new(MemoryUpdateQueue::new(&faults));
    let queue = Arc::new(MemoryTaskQueue::new(&faults));
    let cancel = CancelTask {
        tasks: tasks.clone(),
        announce: AnnounceChange {
            announcer: Announcer {
                updates: updates.clone(),
                callbacks: Arc::new(MemoryCallbackQueue::new(&faults)),
            },
            queue: queue.clone(),
        },
        compute: Compute::lambda(256),
        clock: Arc::new(FixedClock::at(NOW)),
    };
    Scene {
        cancel,
        tasks,
        updates,
        queue,
        faults,
    }
}

impl Scene {
    fn queued(&self) -> Task {
        let task = build::task(&build::tenant(), "aggregate", json!({}));
        self.tasks.put(task.clone());
        task
    }

    fn running(&self) -> (Task, domain::LeaseToken) {
        let mut task = self.queued();
        let token = build::lease_token();
        task.claim(token, NOW, Duration::MINUTE).unwrap();
        self.tasks.put(task.clone());
        (task, token)
    }

    async fn cancel(&self, task: &Task) -> Result<Task, CancelTaskError> {
        self.cancel.run(&task.tenant, task.request_id).await
    }

    fn told(&self) -> Vec<(u64, Status)> {
        let told = self.updates.take().into_iter();
        told.map(|told| (told.update.version, told.update.status))
            .collect()
    }
}

#[tokio::test]
async fn queued_and_running_tasks_are_called_off_and_announced() {
    let scene = scene();
    for task in [scene.queued(), scene.running().0] {
        let cancelled = scene.cancel(&task).await.unwrap();
        assert_eq!(cancelled.status(), Status::Cancelled);
        assert_eq!(cancelled.finished_at, Some(NOW));
        assert_eq!(
            scene.tasks.get(task.request_id),
            Some(cancelled),
            "stored as told"
        );
        assert_eq!(scene.told(), [(task.version + 1, Status::Cancelled)]);
    }
}

#[tokio::test]
async fn calling_off_again_changes_nothing_and_announces_again() {
    let scene = scene();
    let task = scene.queued();
    let first = scene.cancel(&task).await.unwrap();
    let second = scene.cancel(&task).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(scene.told(), [(2, Status::Cancelled); 2]);
}

#[tokio::test]
async fn what_has_ended_by_itself_stays() {
    let scene = scene();
    let (mut task, token) = scene.running();
    let failure = Failure::permanent("bad_data", "The data is bad.");
    task.fail(token, failure, NOW).unwrap();
    scene.tasks.put(task.clone());
    let refused = scene.cancel(&task).await;
    assert!(matches!(
        refused,
        Err(CancelTaskError::Ended(Status::Failed))
    ));
    assert_eq!(scene.tasks.get(task.request_id), Some(task));
    assert_eq!(scene.told(), []);
}

#[tokio::test]
async fn another_tenants_task_is_not_there() {
    let scene = scene();
    let task = scene.queued();
    let refused = scene.cancel.run(&build::tenant(), task.request_id).await;
    assert!(matches!(refused, Err(CancelTaskError::NotFound(_))));
    assert_eq!(scene.tasks.get(task.request_id), Some(task));
}

#[tokio::test]
async fn a_task_that_changes_meanwhile_is_called_off_all_the_same() {
    let scene = scene();
    let (task, _) = scene.running();
    for write in 1..=3 {
        scene.faults.on("tasks.replace", write, Fault::Conflict);
    }
    let cancelled = scene.cancel(&task).await.unwrap();
    assert_eq!(cancelled.status(), Status::Cancelled);
}

#[tokio::test]
async fn a_race_that_does_not_end_is_told() {
    let scene = scene();
    let task = scene.queued();
    scene.faults.always("tasks.replace", Fault::Conflict);
    let refused = scene.cancel(&task).await;
    assert!(matches!(
        refused,
        Err(CancelTaskError::Store(PortError::Conflict { .. }))
    ));
}

#[tokio::test]
async fn many_at_once_call_it_off_once() {
    let scene = scene();
    let (task, _) = scene.running();
    let outcomes = join_all((0..10).map(|_| scene.cancel(&task))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let stored = scene.tasks.get(task.request_id).unwrap();
    assert_eq!(stored.version, task.version + 1);
}

#[tokio::test(start_paused = true)]
async fn a_push_side_that_is_away_or_hangs_holds_nothing_up() {
    for fault in [Fault::Unavailable, Fault::HangBefore] {
        let scene = scene();
        let task = scene.queued();
        scene.faults.on("updates.send", 1, fault);
        let cancelled = scene.cancel(&task).await.unwrap();
        assert_eq!(cancelled.status(), Status::Cancelled);
        assert_eq!(scene.queue.take(), [(task.tenant, task.request_id)]);
    }
}

#[tokio::test]
async fn an_end_that_nobody_can_be_told_of_is_told_when_it_is_called_off_again() {
    let scene = scene();
    let task = scene.queued();
    scene.faults.on("updates.send", 1, Fault::Unavailable);
    scene.faults.on("queue.send", 1, Fault::Unavailable);
    let refused = scene.cancel(&task).await;
    assert!(matches!(refused, Err(CancelTaskError::Store(_))));
    scene.cancel(&task).await.unwrap();
    assert_eq!(scene.told(), [(2, Status::Cancelled)]);
}
