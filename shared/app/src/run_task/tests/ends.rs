//! How attempts end.

use domain::kind::RETRY;
use domain::task::{INLINE_LIMIT, Phase, Status, TaskResult};
use serde_json::{Value, json};
use time::Duration;

use super::scene::Scene;
use crate::run_task::Outcome;

fn statuses(scene: &Scene) -> Vec<(u64, Status, Option<Phase>)> {
    let told = scene.updates.take().into_iter();
    told.map(|told| (told.update.version, told.update.status, told.update.phase))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_task_is_claimed_run_completed_and_announced() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    let task = scene.stored();
    let value = json!({"text": "xxx"});
    assert_eq!(task.state.result(), Some(&TaskResult::Inline { value }));
    assert_eq!((task.version, task.attempt, scene.runs()), (3, 1, (1, 1)));
    let expected = [
        (2, Status::Processing, Some(Phase::Running)),
        (3, Status::Completed, None),
    ];
    assert_eq!(statuses(&scene), expected);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_to_travel_is_stored_apart() {
    // {"text":""} around it.
    let longest = INLINE_LIMIT - 11;
    for (length, apart) in [(longest, false), (longest + 1, true)] {
        let scene = Scene::of(json!({"end": {"text": length}}));
        assert_eq!(scene.deliver(1).await, Outcome::Done);
        let stored = scene.results.keys();
        assert_eq!(stored.len(), usize::from(apart));
        if let Some(TaskResult::Stored { key, bytes }) = scene.stored().state.result() {
            assert_eq!((key, *bytes), (&stored[0], (length + 11) as u64));
        } else {
            assert!(!apart);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_permanent_failure_ends_the_task_at_once() {
    let scene = Scene::of(json!({"end": "permanent"}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    let task = scene.stored();
    assert_eq!(task.status(), Status::Failed);
    assert_eq!(task.state.failure().unwrap().code, "bad_data");
    scene.check_one_end(&scene.updates.take());
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_its_task_and_nothing_else() {
    let scene = Scene::of(json!({"end": "panic"}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    let task = scene.stored();
    let failure = task.state.failure().unwrap();
    assert_eq!(failure.code, "task_panicked");
    assert!(
        !failure.message.contains("a defect of the code"),
        "{failure}"
    );
    assert_eq!(scene.runs().0, 1);
}

#[tokio::test(start_paused = true)]
async fn an_input_that_is_not_valid_any_more_is_permanent() {
    let scene = Scene::of(json!({"colour": "red"}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    let failure = scene.stored().state.failure().cloned().unwrap();
    assert_eq!(failure.code, "invalid_input");
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_may_pass_is_tried_again_and_then_given_up() {
    let scene = Scene::of(json!({"end": "transient"}));
    for attempt in 1..RETRY.attempts {
        let Outcome::Later(wait) = scene.deliver(attempt).await else {
            panic!("attempt {attempt} is not the last");
        };
        assert!(wait >= Duration::ZERO && wait <= RETRY.ceiling(attempt));
        let task = scene.stored();
        assert_eq!((task.phase(), task.attempt), (Some(Phase::Queued), attempt));
        let told = task.latest().unwrap().error.clone().unwrap();
        assert_eq!(told.code, "away", "whoever waits learns why");
    }
    // The message may come again before it is among the dead letters, which changes nothing.
    let reason = "away: The server is away. Given up after 5 attempts.";
    for count in RETRY.attempts..=8 {
        let reason = reason.to_owned();
        assert_eq!(scene.deliver(count).await, Outcome::DeadLetter { reason });
    }
    let failure = scene.stored().state.failure().cloned().unwrap();
    assert_eq!(failure.code, "away");
    assert_eq!(
        failure.message,
        "The server is away. Given up after 5 attempts."
    );
    assert_eq!(scene.runs(), (RETRY.attempts, RETRY.attempts));
    scene.check_one_end(&scene.updates.take());
}

#[tokio::test(start_paused = true)]
async fn a_newer_kind_waits_for_a_newer_worker() {
    let scene = Scene::with("brand-new", json!({}));
    assert!(matches!(scene.deliver(1).await, Outcome::Later(_)));
    let task = scene.stored();
    assert_eq!(task.phase(), Some(Phase::Queued));
    assert_eq!(
        task.latest().unwrap().error.as_ref().unwrap().code,
        "unknown_kind"
    );
}

#[tokio::test(start_paused = true)]
async fn an_ended_task_is_announced_again_and_left_alone() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    scene.deliver(1).await;
    let ended = scene.stored();
    scene.updates.take();
    assert_eq!(scene.deliver(2).await, Outcome::Done);
    assert_eq!(scene.stored(), ended);
    assert_eq!(scene.runs(), (1, 1));
    scene.check_one_end(&scene.updates.take());
}

#[tokio::test(start_paused = true)]
async fn a_message_without_its_task_is_done_with() {
    let scene = Scene::with("scripted", Value::Null);
    let mut delivery = scene.delivery(1);
    delivery.request_id = testkit::build::request_id();
    assert_eq!(scene.worker.run(&delivery).await, Outcome::Done);
    let mut foreign = scene.delivery(1);
    foreign.tenant = testkit::build::tenant();
    assert_eq!(scene.worker.run(&foreign).await, Outcome::Done);
    assert_eq!(scene.runs().0, 0);
}
