use domain::Failure;
use domain::task::{Phase, TaskResult};
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{
    Fault, Faults, MemoryCallbackQueue, MemoryTaskQueue, MemoryTasks, MemoryUpdateQueue,
};
use time::Duration;

use super::*;

struct Scene {
    redrive: RedriveTask,
    tasks: Arc<MemoryTasks>,
    queue: Arc<MemoryTaskQueue>,
    updates: Arc<MemoryUpdateQueue>,
    faults: Faults,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let queue = Arc::new(MemoryTaskQueue::new(&faults));
    let updates = Arc::new(MemoryUpdateQueue::new(&faults));
    let redrive = RedriveTask {
        tasks: tasks.clone(),
        queue: queue.clone(),
        pauses: None,
        compute: Compute::unpaid(),
        announcer: Announcer {
            updates: updates.clone(),
            callbacks: Arc::new(MemoryCallbackQueue::new(&faults)),
        },
        clock: Arc::new(FixedClock::at(NOW)),
    };
    Scene {
        redrive,
        tasks,
        queue,
        updates,
        faults,
    }
}

impl Scene {
    /// A task in this state.
    fn stored(&self, status: Status) -> Task {
        let mut task = build::task(&build::tenant(), "aggregate", json!({}));
        let token = build::lease_token();
        let failure = Failure::permanent("bad_data", "The data is bad.");
        if status != Status::Processing {
            task.claim(token, NOW, Duration::MINUTE).unwrap();
        }
        match status {
            Status::Processing => Ok(()),
            Status::Completed => {
                let value = json!(1);
                task.complete(token, TaskResult::Inline { value }, NOW)
            }
            Status::Failed => task.fail(token, failure, NOW),
            Status::Cancelled => task.cancel(NOW),
            Status::TimedOut => task.time_out(token, failure, NOW),
        }
        .unwrap();
        self.tasks.put(task.clone());
        task
    }

    async fn redrive(&self, task: &Task) -> Result<Redriven, RetryTaskError> {
        self.redrive.run(&task.tenant, task.request_id).await
    }

    fn stored_now(&self, task: &Task) -> Task {
        self.tasks.get(task.request_id).unwrap()
    }
}

#[tokio::test]
async fn what_failed_is_queued_again_sent_and_announced() {
    for status in [Status::Failed, Status::TimedOut] {
        let scene = scene();
        let ended = scene.stored(status);
        let Redriven::Sent(task) = scene.redrive(&ended).await.unwrap() else {
            panic!("{status:?} is sent");
        };
        assert_eq!(task.phase(), Some(Phase::Queued));
        assert_eq!((task.version, task.tries), (ended.version + 1, 0));
        assert_eq!(scene.stored_now(&ended), *task);
        assert_eq!(scene.queue.take(), [(task.tenant, task.request_id)]);
        assert_eq!(scene.updates.take()[0].update.version, task.version);
    }
}

#[tokio::test]
async fn what_goes_on_is_only_sent() {
    let scene = scene();
    let task = scene.stored(Status::Processing);
    let sent = Redriven::Sent(Box::new(task.clone()));
    assert_eq!(scene.redrive(&task).await.unwrap(), sent);
    assert_eq!(scene.stored_now(&task), task);
    assert_eq!(scene.queue.take().len(), 1);
}

#[tokio::test]
async fn what_is_settled_is_left_alone() {
    for status in [Status::Completed, Status::Cancelled] {
        let scene = scene();
        let task = scene.stored(status);
        let settled = Redriven::Settled(status);
        assert_eq!(scene.redrive(&task).await.unwrap(), settled);
        assert_eq!(scene.stored_now(&task), task);
        assert!(scene.queue.take().is_empty());
    }
}

#[tokio::test]
async fn what_would_time_out_at_once_or_is_gone_is_refused() {
    let scene = scene();
    let mut late = scene.stored(Status::Failed);
    late.terms.deadline = Some(NOW);
    scene.tasks.put(late.clone());
    let refused = scene.redrive(&late).await;
    assert!(matches!(refused, Err(RetryTaskError::Overdue(at)) if at == NOW));
    let gone = build::task(&build::tenant(), "aggregate", json!({}));
    let refused = scene.redrive(&gone).await;
    assert!(matches!(refused, Err(RetryTaskError::NotFound(id)) if id == gone.request_id));
}

/// Wherever the first go breaks off, the second brings the task on its way.
#[tokio::test]
async fn it_can_be_repeated_after_any_failure() {
    for fault in [Fault::Unavailable, Fault::LostAnswer] {
        for nth in 1.. {
            let scene = scene();
            let ended = scene.stored(Status::Failed);
            scene.faults.on_any(nth, fault);
            let first = scene.redrive(&ended).await;
            let calls = scene.faults.calls().len();
            scene.faults.clear();
            let second = scene.redrive(&ended).await.unwrap();
            assert!(matches!(second, Redriven::Sent(_)), "{nth}: {second:?}");
            let task = scene.stored_now(&ended);
            assert_eq!(task.version, ended.version + 1, "{nth}: queued again once");
            assert!(!scene.queue.take().is_empty(), "{nth}");
            if first.is_ok() && nth > calls {
                break;
            }
        }
    }
}
