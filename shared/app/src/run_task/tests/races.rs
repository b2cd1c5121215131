//! Many workers, one task.

use domain::task::Status;
use futures::future::join_all;
use serde_json::json;
use testkit::memory::Fault;

use super::scene::Scene;
use crate::run_task::Outcome;

#[tokio::test(start_paused = true)]
async fn of_many_workers_exactly_one_runs_the_task() {
    let scene = Scene::of(json!({"end": {"text": 3}, "seconds": 5, "reports": 9}));
    let outcomes = join_all((1..=8).map(|count| scene.deliver(count))).await;
    let done = outcomes.iter().filter(|o| **o == Outcome::Done).count();
    assert_eq!(done, 1, "{outcomes:?}");
    assert_eq!(scene.runs(), (1, 1));
    assert_eq!(scene.stored().attempt, 1);
    scene.check_one_end(&scene.updates.take());
}

/// The same with threads that really run at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_race_no_better() {
    for _ in 0..50 {
        let scene = std::sync::Arc::new(Scene::of(json!({"end": {"text": 3}})));
        let workers = (1..=4).map(|count| {
            let scene = std::sync::Arc::clone(&scene);
            tokio::spawn(async move { scene.deliver(count).await })
        });
        for outcome in join_all(workers).await {
            assert!(!matches!(outcome.unwrap(), Outcome::DeadLetter { .. }));
        }
        assert_eq!(scene.runs(), (1, 1));
        assert_eq!(scene.stored().status(), Status::Completed);
        scene.check_one_end(&scene.updates.take());
    }
}

/// Whoever loses a race looks again, wherever the race is.
#[tokio::test(start_paused = true)]
async fn a_conflict_at_any_write_changes_nothing_for_the_outcome() {
    for write in 1..=6 {
        let scene = Scene::of(json!({"end": {"text": 3}, "reports": 10}));
        scene.faults.on("tasks.replace", write, Fault::Conflict);
        assert_eq!(scene.deliver(1).await, Outcome::Done, "write {write}");
        assert_eq!((scene.stored().attempt, scene.runs()), (1, (1, 1)));
        scene.check_one_end(&scene.updates.take());
    }
}

#[tokio::test(start_paused = true)]
async fn a_race_that_does_not_end_is_left_to_the_others() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    scene.faults.always("tasks.replace", Fault::Conflict);
    assert!(matches!(scene.deliver(1).await, Outcome::Later(_)));
    assert_eq!(scene.runs(), (0, 0));
}
