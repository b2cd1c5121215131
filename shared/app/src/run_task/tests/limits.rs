//! Tasks that take too long, come too late, or are not to run yet.

use std::time::Duration;

use domain::task::{Phase, Status};
use serde_json::json;
use testkit::build::NOW;
use tokio::time::Instant;

use super::scene::Scene;
use crate::run_task::{Delivery, Outcome};

fn long() -> Scene {
    Scene::of(json!({"end": {"text": 3}, "seconds": 300}))
}

fn code(scene: &Scene) -> String {
    let task = scene.stored();
    assert_eq!(task.status(), Status::TimedOut);
    task.state.failure().unwrap().code.clone()
}

/// A delivery to a worker that has so many seconds left.
fn pressed(scene: &Scene, seconds: u64) -> Delivery {
    Delivery {
        until: Some(Instant::now() + Duration::from_secs(seconds)),
        ..scene.delivery(1)
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_limit_ends_the_task_and_is_named() {
    for (deadline, worker, expected, at) in [
        (Some(30), 112, "deadline_exceeded", 30),
        (Some(200), 112, "function_timeout", 108),
        (None, 112, "function_timeout", 108),
    ] {
        let scene = long();
        let deadline = deadline.map(|seconds| NOW + time::Duration::seconds(seconds));
        scene.meddle(|task| task.terms.deadline = deadline);
        let outcome = scene.worker.run(&pressed(&scene, worker)).await;
        assert_eq!(outcome, Outcome::Done, "no dead letter");
        assert_eq!(code(&scene), expected);
        let finished = scene.stored().finished_at.unwrap();
        assert_eq!((finished - NOW).whole_seconds(), at, "{expected}");
        assert_eq!(scene.runs(), (1, 0));
        scene.check_one_end(&scene.updates.take());
    }
}

#[tokio::test(start_paused = true)]
async fn work_in_time_is_not_touched() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 29}));
    scene.meddle(|task| task.terms.deadline = Some(NOW + time::Duration::seconds(30)));
    let outcome = scene.worker.run(&pressed(&scene, 34)).await;
    assert_eq!(outcome, Outcome::Done);
    assert_eq!(scene.stored().status(), Status::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_kind_may_state_its_longest_run() {
    let scene = Scene::with("brief", json!({}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!(code(&scene), "run_too_long");
    let finished = scene.stored().finished_at.unwrap();
    assert_eq!((finished - NOW).whole_seconds(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_passed_while_queued_ends_the_task_without_running_it() {
    let scene = long();
    scene.meddle(|task| task.terms.deadline = Some(NOW));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!(code(&scene), "deadline_exceeded");
    assert_eq!(scene.runs(), (0, 0));
    scene.check_one_end(&scene.updates.take());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_comes_early_is_hidden_until_the_task_is_to_run() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    let wait = time::Duration::minutes(90);
    scene.meddle(|task| task.terms.run_at = Some(NOW + wait));
    let before = scene.stored();
    assert_eq!(scene.deliver(1).await, Outcome::Later(wait));
    assert_eq!(scene.stored(), before);
    assert_eq!(before.phase(), Some(Phase::Queued));

    tokio::time::sleep(wait.unsigned_abs()).await;
    assert_eq!(scene.deliver(2).await, Outcome::Done);
    assert_eq!(scene.runs(), (1, 1));
    let started = scene.stored().started_at.unwrap();
    assert_eq!(started, NOW + wait);
}

/// The late message meets a task that has ended.
#[tokio::test(start_paused = true)]
async fn a_delayed_task_can_be_called_off() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    scene.meddle(|task| {
        task.terms.run_at = Some(NOW + time::Duration::HOUR);
        task.cancel(NOW).unwrap();
    });
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!(scene.runs(), (0, 0));
}
