//! A running task is called off.

use std::time::Duration;

use domain::task::Status;
use serde_json::json;
use testkit::memory::Fault;
use tokio::time::{Instant, sleep, timeout};

use super::scene::Scene;
use crate::run_task::Outcome;

/// What the product promises.
const PROMISE: Duration = Duration::from_secs(2);

async fn cancel_after(scene: &Scene, wait: Duration) -> Instant {
    sleep(wait).await;
    let now = scene.worker.clock.now();
    scene.meddle(|task| task.cancel(now).unwrap());
    Instant::now()
}

#[tokio::test(start_paused = true)]
async fn a_task_that_writes_nothing_stops_within_two_seconds() {
    for millis in [1_500, 2_000, 9_999, 30_001, 60_500] {
        let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 90}));
        let run = async { (scene.deliver(1).await, Instant::now()) };
        let cancel = cancel_after(&scene, Duration::from_millis(millis));
        let ((outcome, stopped), cancelled) = tokio::join!(run, cancel);
        assert_eq!(outcome, Outcome::Done);
        let took = stopped - cancelled;
        println!("cancelled after {millis} ms, stopped {took:?} later");
        assert!(took <= PROMISE, "{took:?}");

        let ended = scene.stored();
        sleep(Duration::from_mins(5)).await;
        assert_eq!(scene.runs(), (1, 0), "the kind's own code stopped");
        assert_eq!(scene.stored(), ended, "nothing takes effect any more");
        scene.check_one_end(&scene.updates.take());
    }
}

/// Its result comes between the cancel and the next look.
#[tokio::test(start_paused = true)]
async fn a_result_that_comes_too_late_is_refused() {
    let scene = Scene::of(json!({"end": {"text": 40_000}, "reports": 5, "seconds": 2}));
    let cancel = cancel_after(&scene, Duration::from_millis(2_200));
    let (outcome, _) = tokio::join!(scene.deliver(1), cancel);
    assert_eq!(outcome, Outcome::Done);
    assert_eq!(scene.runs(), (1, 1));
    assert_eq!(scene.stored().status(), Status::Cancelled);
    scene.check_one_end(&scene.updates.take());
}

#[tokio::test(start_paused = true)]
async fn looks_that_fail_or_hang_do_not_stop_the_work() {
    for fault in [Fault::Unavailable, Fault::HangBefore, Fault::Broken] {
        let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 20}));
        scene.faults.always("tasks.holder", fault);
        assert_eq!(scene.deliver(1).await, Outcome::Done);
        assert_eq!(scene.stored().status(), Status::Completed);
    }
}

/// Then the heartbeat finds out, and at the latest the conditional write of the end.
#[tokio::test(start_paused = true)]
async fn a_cancel_that_cannot_be_seen_holds_all_the_same() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 90}));
    scene.faults.always("tasks.holder", Fault::Unavailable);
    let cancel = cancel_after(&scene, Duration::from_secs(3));
    let run = timeout(Duration::from_secs(15), scene.deliver(1));
    let (outcome, _) = tokio::join!(run, cancel);
    assert_eq!(outcome, Ok(Outcome::Done));
    assert_eq!(scene.stored().status(), Status::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_task_of_less_than_a_second_is_not_looked_at() {
    let scene = Scene::of(json!({"end": {"text": 3}, "reports": 9}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    let calls = scene.faults.calls().into_iter();
    assert_eq!(calls.filter(|call| *call == "tasks.holder").count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_task_called_off_while_queued_never_runs_and_can_be_retried() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    let now = scene.worker.clock.now();
    scene.meddle(|task| task.cancel(now).unwrap());
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!(scene.runs(), (0, 0));
    scene.check_one_end(&scene.updates.take());

    scene.meddle(|task| task.retry(now).unwrap());
    assert_eq!(scene.deliver(2).await, Outcome::Done);
    assert_eq!(scene.stored().status(), Status::Completed);
    assert_eq!(scene.runs(), (1, 1));
}
