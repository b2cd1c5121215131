//! A model that is busy, away or unwilling, and inputs that it does not get.

use std::time::Duration;

use domain::{Retry, Usd};
use testkit::memory::Take;

use super::scene::{input, judge, scene};

#[tokio::test(start_paused = true)]
async fn a_model_that_is_busy_is_asked_again_and_then_the_task_comes_back() {
    let scene = scene(judge);
    for _ in 0..3 {
        scene.model.first(Take::Busy);
    }
    scene.run(&input(1)).await.unwrap();
    assert_eq!(scene.model.asked().len(), 5);

    let scene = self::scene(|_| Take::Busy);
    let failure = scene.run(&input(1)).await.unwrap_err();
    let later = Retry::NotBefore(Duration::from_secs(30));
    assert_eq!((&*failure.code, failure.retry), ("model_busy", later));
    assert_eq!(scene.spent(), Usd::ZERO);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_tried_again_and_stays_paid() {
    for take in [
        Take::BreakAfter(vec!["{".into()]),
        Take::BusyAfter(vec!["{".into()]),
    ] {
        let scene = scene(judge);
        scene.model.first(take);
        let failure = scene.run(&input(1)).await.unwrap_err();
        assert_ne!(failure.retry, Retry::Permanent, "{failure}");
        assert!(scene.spent() > Usd::ZERO);
        scene.run(&input(1)).await.unwrap();
    }
    let scene = scene(|_| Take::Away);
    let failure = scene.run(&input(1)).await.unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("model_unavailable", Retry::Transient)
    );
}

#[tokio::test]
async fn what_the_model_refuses_is_permanent_and_costs_nothing() {
    let scene = scene(|_| Take::Refuse);
    let failure = scene.run(&input(1)).await.unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("model_refused", Retry::Permanent)
    );
    assert_eq!(scene.spent(), Usd::ZERO);
}

#[tokio::test]
async fn too_many_documents_are_refused() {
    let scene = scene(judge);
    let failure = scene.run(&input(501)).await.unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("too_many_documents", Retry::Permanent)
    );
}
