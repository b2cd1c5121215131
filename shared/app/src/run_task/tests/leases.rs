//! A task is ours while we show signs of life.

use std::time::Duration as StdDuration;

use domain::LeaseToken;
use domain::task::Status;
use serde_json::json;
use testkit::build;
use testkit::memory::Fault;
use time::Duration;
use tokio::time::sleep;

use super::scene::Scene;
use crate::run_task::claim::lease_end;
use crate::run_task::{LEASE, Outcome};

fn seconds(seconds: u64) -> StdDuration {
    StdDuration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_long_task_stays_ours_and_its_message_hidden() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 305}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!((scene.stored().attempt, scene.runs()), (1, (1, 1)));
    assert_eq!(scene.faults.count("tasks.renew"), 30);
    let hidden = scene.deliveries.hidden();
    assert_eq!(hidden.len(), 31, "at once, and with every renewal");
    assert!(
        hidden
            .iter()
            .all(|hidden| *hidden == ("receipt-1".into(), LEASE))
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_delivery_waits_for_the_lease() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 60}));
    let late = async {
        sleep(seconds(5)).await;
        scene.deliver(2).await
    };
    let (first, second) = tokio::join!(scene.deliver(1), late);
    assert_eq!(first, Outcome::Done);
    assert_eq!(second, Outcome::Later(Duration::seconds(25)));
    assert_eq!(scene.runs(), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_task_called_off_is_dropped_within_a_beat() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 60}));
    let cancel = async {
        sleep(seconds(5)).await;
        scene.meddle(|task| task.cancel(task.updated_at).unwrap());
    };
    let started = tokio::time::Instant::now();
    let (outcome, ()) = tokio::join!(scene.deliver(1), cancel);
    assert_eq!(outcome, Outcome::Done);
    assert!(started.elapsed() <= seconds(11), "{:?}", started.elapsed());
    assert_eq!(scene.stored().status(), Status::Cancelled);
    sleep(seconds(100)).await;
    assert_eq!(scene.runs(), (1, 0), "the kind was stopped");
    scene.check_one_end(&scene.updates.take());
}

/// Called off between the last beat and the end: the end is not written over it.
#[tokio::test(start_paused = true)]
async fn an_end_is_not_written_over_another() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 5}));
    let cancel = async {
        sleep(seconds(4)).await;
        scene.meddle(|task| task.cancel(task.updated_at).unwrap());
    };
    let (outcome, ()) = tokio::join!(scene.deliver(1), cancel);
    assert_eq!(outcome, Outcome::Done);
    assert_eq!(scene.stored().status(), Status::Cancelled);
    scene.check_one_end(&scene.updates.take());
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_cannot_renew_stops_when_its_lease_is_over() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 600}));
    scene.faults.always("tasks.renew", Fault::Unavailable);
    let started = tokio::time::Instant::now();
    let outcome = scene.deliver(1).await;
    assert_eq!(outcome, Outcome::Later(Duration::SECOND));
    assert_eq!(started.elapsed().as_secs(), 30);
    assert_eq!(scene.runs(), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn one_failed_renewal_costs_nothing() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 60}));
    scene.faults.on("tasks.renew", 2, Fault::Unavailable);
    scene.faults.on("tasks.renew", 4, Fault::HangBefore);
    scene.faults.on("deliveries.hide", 3, Fault::Unavailable);
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!(scene.runs(), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_task_taken_over_is_left_to_its_new_holder() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 60}));
    let other = LeaseToken::new(uuid::Uuid::from_u128(u128::MAX));
    let take_over = async {
        sleep(std::time::Duration::from_millis(5_500)).await;
        scene.meddle(|task| {
            let after = lease_end(task).unwrap();
            task.claim(other, after, LEASE).unwrap();
        });
    };
    let (outcome, ()) = tokio::join!(scene.deliver(1), take_over);
    // Taken at the 30th second for 30 more, noticed at the 6th.
    assert_eq!(outcome, Outcome::Later(Duration::seconds(54)));
    assert_eq!(scene.runs(), (1, 0));
    assert_eq!(lease_end(&scene.stored()), Some(build::NOW + LEASE * 2));
}
