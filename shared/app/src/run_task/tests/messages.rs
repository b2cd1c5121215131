//! What becomes of a message when stores and queues are away.

use domain::Callback;
use domain::task::Status;
use serde_json::json;
use testkit::memory::Fault;

use super::scene::Scene;
use crate::run_task::{OUTAGE, Outcome};

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_push_side_repeats_the_announcement_and_no_work() {
    let scene = Scene::of(json!({"end": {"text": 3}, "reports": 5}));
    scene.faults.always("updates.send", Fault::Unavailable);
    for count in 1..=4 {
        let Outcome::Later(wait) = scene.deliver(count).await else {
            panic!("the end is not announced yet");
        };
        assert!(wait <= OUTAGE.ceiling(count));
        assert_eq!(scene.stored().status(), Status::Completed);
    }
    scene.faults.clear();
    assert_eq!(scene.deliver(5).await, Outcome::Done);
    assert_eq!(scene.runs(), (1, 1));
    scene.check_one_end(&scene.updates.take());
}

#[tokio::test(start_paused = true)]
async fn a_push_side_that_hangs_does_not_hold_up_the_work() {
    let scene = Scene::of(json!({"end": {"text": 3}, "reports": 5}));
    scene.faults.on("updates.send", 1, Fault::HangBefore);
    scene.faults.on("updates.send", 2, Fault::HangBefore);
    assert_eq!(scene.deliver(1).await, Outcome::Done);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_waited_for() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    scene.faults.always("tasks.load", Fault::Unavailable);
    assert!(matches!(scene.deliver(1).await, Outcome::Later(_)));
    scene.faults.clear();
    scene.faults.always("tasks.replace", Fault::Unavailable);
    assert!(matches!(scene.deliver(2).await, Outcome::Later(_)));
    scene.faults.clear();
    assert_eq!(scene.deliver(3).await, Outcome::Done);
    assert_eq!(scene.runs(), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_cannot_be_read_is_for_a_person() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    scene.faults.always("tasks.load", Fault::Broken);
    let reason =
        "task_unreadable: memory gave or got something it does not understand: a planned fault";
    let reason = reason.to_owned();
    assert_eq!(scene.deliver(1).await, Outcome::DeadLetter { reason });
}

#[tokio::test(start_paused = true)]
async fn a_result_that_cannot_be_stored_is_tried_again_or_not() {
    for (fault, status) in [
        (Fault::Unavailable, Status::Processing),
        (Fault::Broken, Status::Failed),
    ] {
        let scene = Scene::of(json!({"end": {"text": 40_000}}));
        scene.faults.on("results.put", 1, fault);
        scene.deliver(1).await;
        let task = scene.stored();
        assert_eq!(task.status(), status);
        let error = task.latest().unwrap().error.clone().unwrap();
        assert_eq!(error.code, "result_not_stored");
    }
}

/// The end was written, but the answer got lost: the next delivery finds and announces it.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_the_end_repeats_no_work() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    scene.faults.on("tasks.replace", 2, Fault::LostAnswer);
    assert!(matches!(scene.deliver(1).await, Outcome::Later(_)));
    assert_eq!(scene.deliver(2).await, Outcome::Done);
    assert_eq!(scene.runs(), (1, 1));
    scene.check_one_end(&scene.updates.take());
}

/// An outage of the callbacks queue touches neither the task nor who listens.
#[tokio::test(start_paused = true)]
async fn a_callback_that_cannot_be_queued_is_queued_by_a_later_delivery() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    scene.meddle(|task| task.terms.callback_url = Some("https://example.org/hook".into()));
    scene.faults.always("callbacks.send", Fault::Unavailable);
    assert!(matches!(scene.deliver(1).await, Outcome::Later(_)));
    assert_eq!(scene.stored().status(), Status::Completed);
    scene.check_one_end(&scene.updates.take());
    scene.faults.clear();
    assert_eq!(scene.deliver(2).await, Outcome::Done);
    assert_eq!(scene.callbacks.take(), [callback(&scene)]);
    assert_eq!(scene.runs(), (1, 1));
}

/// Nor does an outage of the push side hold up the callback.
#[tokio::test(start_paused = true)]
async fn a_callback_is_queued_though_the_update_is_not() {
    let scene = Scene::of(json!({"end": "permanent"}));
    scene.meddle(|task| task.terms.callback_url = Some("https://example.org/hook".into()));
    scene.faults.always("updates.send", Fault::Unavailable);
    assert!(matches!(scene.deliver(1).await, Outcome::Later(_)));
    assert_eq!(scene.callbacks.take(), [callback(&scene)]);
}

#[tokio::test(start_paused = true)]
async fn without_a_callback_none_is_queued() {
    let scene = Scene::of(json!({"end": {"text": 3}, "reports": 5}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!(scene.callbacks.take(), []);
}

fn callback(scene: &Scene) -> Callback {
    let task = scene.stored();
    Callback {
        tenant: task.tenant,
        request_id: task.request_id,
        version: task.version,
        trace: task.trace,
    }
}
