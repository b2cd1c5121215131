use std::sync::Arc;

use domain::Failure;
use domain::kind::Catalogue;
use domain::task::{Phase, TaskResult};
use futures::future::join_all;
use serde_json::json;
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    Fault, Faults, MemoryCallbackQueue, MemorySubmissions, MemoryTaskQueue, MemoryTasks,
    MemoryUpdateQueue,
};
use time::Duration;

use super::*;
use crate::Compute;

struct Scene {
    retry: RetryTask,
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
    let submit_task = SubmitTask {
        catalogue: Catalogue::default(),
        tasks: tasks.clone(),
        metering: None,
        pauses: None,
        ledger: Arc::new(MemorySubmissions::new(&tasks, &faults)),
        queue: queue.clone(),
        guard: webhooks::Guard::strict(),
        compute: Compute::lambda(256),
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(Counting::default()),
    };
    let retry = RetryTask {
        submit_task,
        announcer: Announcer {
            updates: updates.clone(),
            callbacks: Arc::new(MemoryCallbackQueue::new(&faults)),
        },
    };
    Scene {
        retry,
        tasks,
        queue,
        updates,
        faults,
    }
}

/// A task in each of the states, by its status.
fn in_state(status: Status) -> Task {
    let mut task = build::task(&build::tenant(), "aggregate", json!({}));
    let token = build::lease_token();
    task.claim(token, NOW, Duration::MINUTE).unwrap();
    let failure = Failure::permanent("bad_data", "The data is bad.");
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
    task
}

impl Scene {
    fn stored(&self, status: Status) -> Task {
        let task = in_state(status);
        self.tasks.put(task.clone());
        task
    }

    async fn retry(&self, task: &Task) -> Result<Task, RetryTaskError> {
        self.retry.run(&task.tenant, task.request_id).await
    }
}

#[tokio::test]
async fn what_ended_without_a_result_is_queued_sent_and_announced() {
    for status in [Status::Failed, Status::Cancelled, Status::TimedOut] {
        let scene = scene();
        let ended = scene.stored(status);
        let task = scene.retry(&ended).await.unwrap();
        assert_eq!(task.phase(), Some(Phase::Queued));
        assert_eq!((task.request_id, task.tries), (ended.request_id, 0));
        assert_eq!(task.version, ended.version + 1);
        assert_eq!(scene.tasks.get(task.request_id), Some(task.clone()));
        assert_eq!(scene.queue.take(), [(task.tenant, task.request_id)]);
        let told = scene.updates.take();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].update.version, task.version);
    }
}

#[tokio::test]
async fn what_goes_on_or_has_its_result_is_left_alone() {
    for status in [Status::Processing, Status::Completed] {
        let scene = scene();
        let mut task = in_state(status);
        task.terms.deadline = Some(NOW);
        scene.tasks.put(task.clone());
        let refused = scene.retry(&task).await;
        assert!(
            matches!(&refused, Err(RetryTaskError::NotRetriable(told)) if **told == task),
            "{refused:?}"
        );
        assert_eq!(scene.tasks.get(task.request_id), Some(task));
        assert_eq!(
            (scene.queue.take().len(), scene.updates.take().len()),
            (0, 0)
        );
    }
}

#[tokio::test]
async fn a_task_whose_deadline_has_passed_is_not_run_again() {
    let scene = scene();
    let mut task = in_state(Status::TimedOut);
    task.terms.deadline = Some(NOW);
    scene.tasks.put(task.clone());
    let refused = scene.retry(&task).await;
    assert!(matches!(refused, Err(RetryTaskError::Overdue(at)) if at == NOW));
    task.terms.deadline = Some(NOW + Duration::SECOND);
    scene.tasks.put(task.clone());
    assert!(scene.retry(&task).await.is_ok());
}

/// The sweep sends it when it is time.
#[tokio::test]
async fn a_task_that_is_to_run_later_gets_its_message_later() {
    for (minutes, sent) in [(10, 1), (11, 0)] {
        let scene = scene();
        let mut task = in_state(Status::Cancelled);
        task.terms.run_at = Some(NOW + Duration::minutes(minutes));
        scene.tasks.put(task.clone());
        scene.retry(&task).await.unwrap();
        assert_eq!(scene.queue.take().len(), sent, "{minutes}");
    }
}

#[tokio::test]
async fn another_tenants_task_is_not_there() {
    let scene = scene();
    let task = scene.stored(Status::Failed);
    let refused = scene.retry.run(&build::tenant(), task.request_id).await;
    assert!(matches!(refused, Err(RetryTaskError::NotFound(_))));
}

#[tokio::test]
async fn of_many_at_once_one_runs_it_again() {
    let scene = scene();
    let task = scene.stored(Status::Failed);
    let outcomes = join_all((0..10).map(|_| scene.retry(&task))).await;
    let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!((done, scene.queue.take().len()), (1, 1), "{outcomes:?}");
}

/// The sweep looks at every queued task.
#[tokio::test(start_paused = true)]
async fn a_task_that_cannot_be_sent_stays_queued() {
    let scene = scene();
    let task = scene.stored(Status::Failed);
    scene.faults.always("queue.send", Fault::Unavailable);
    scene.faults.always("updates.send", Fault::Unavailable);
    let task = scene.retry(&task).await.unwrap();
    assert!(task.attention_at().is_some());
    assert_eq!(scene.tasks.get(task.request_id), Some(task));
}
