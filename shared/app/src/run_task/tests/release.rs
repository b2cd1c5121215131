//! A worker that is stopped gives its tasks back.

use std::time::Duration;

use domain::task::{Phase, Status};
use serde_json::json;
use testkit::memory::Fault;
use tokio::time::{Instant, sleep};

use super::scene::Scene;
use crate::run_task::{Outcome, Release, Releaser};

fn scene(end: &serde_json::Value) -> (Scene, Releaser) {
    let mut scene = Scene::of(json!({"end": end, "seconds": 90}));
    let (releaser, release) = Releaser::new();
    scene.worker.release = release;
    (scene, releaser)
}

async fn release_after(releaser: &Releaser, seconds: u64) -> Instant {
    sleep(Duration::from_secs(seconds)).await;
    releaser.release();
    Instant::now()
}

#[tokio::test(start_paused = true)]
async fn a_task_is_given_back_at_once_and_another_worker_ends_it() {
    let (mut scene, releaser) = scene(&json!({"text": 3}));
    let run = async { (scene.deliver(1).await, Instant::now()) };
    let ((outcome, stopped), asked) = tokio::join!(run, release_after(&releaser, 40));
    assert_eq!(outcome, Outcome::Later(time::Duration::ZERO));
    assert_eq!(stopped, asked);
    let task = scene.stored();
    let counts = (task.phase(), task.attempt, task.tries);
    assert_eq!(counts, (Some(Phase::Queued), 1, 0));
    assert_eq!(
        task.updates.last().unwrap().error.as_ref().unwrap().code,
        "worker_stopped"
    );

    scene.worker.release = Release::never();
    assert_eq!(scene.deliver(2).await, Outcome::Done);
    assert_eq!(scene.stored().status(), Status::Completed);
    scene.check_one_end(&scene.updates.take());
}

#[tokio::test(start_paused = true)]
async fn a_task_that_begins_later_is_given_back_too() {
    let (scene, releaser) = scene(&json!({"text": 3}));
    releaser.release();
    assert_eq!(scene.deliver(1).await, Outcome::Later(time::Duration::ZERO));
    assert_eq!(scene.runs(), (0, 0));
}

/// However often workers are replaced, a task has all its tries.
#[tokio::test(start_paused = true)]
async fn being_given_back_is_no_failure() {
    let (mut scene, releaser) = scene(&json!("transient"));
    releaser.release();
    for count in 1..=7 {
        scene.deliver(count).await;
    }
    scene.worker.release = Release::never();
    let tries = domain::kind::RETRY.attempts;
    for count in 8..8 + tries {
        assert_eq!(scene.stored().status(), Status::Processing);
        if let Outcome::Later(wait) = scene.deliver(count).await {
            sleep(wait.unsigned_abs()).await;
        }
    }
    assert_eq!(scene.stored().status(), Status::Failed);
    assert_eq!(scene.stored().attempt, 7 + tries);
}

#[tokio::test(start_paused = true)]
async fn where_the_store_is_away_the_lease_ends_by_itself() {
    let (scene, releaser) = scene(&json!({"text": 3}));
    let meanwhile = async {
        sleep(Duration::from_secs(5)).await;
        scene.faults.always("tasks.replace", Fault::Unavailable);
        releaser.release();
    };
    let (outcome, ()) = tokio::join!(scene.deliver(1), meanwhile);
    assert!(matches!(outcome, Outcome::Later(_)));
    assert_eq!(scene.stored().phase(), Some(Phase::Running));
}

/// Whoever could ask is gone: the task goes on.
#[tokio::test(start_paused = true)]
async fn without_a_releaser_nothing_is_given_back() {
    let (scene, releaser) = scene(&json!({"text": 3}));
    drop(releaser);
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!(scene.stored().status(), Status::Completed);
}
