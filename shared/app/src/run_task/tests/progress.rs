//! What is told while a task runs.

use domain::task::Progress;
use serde_json::json;
use testkit::memory::Fault;
use time::Duration;

use super::scene::Scene;
use crate::run_task::Outcome;

fn percents(scene: &Scene) -> Vec<u8> {
    let updates = scene.stored().updates.into_iter();
    updates
        .filter_map(|update| update.progress.map(|progress| progress.percent))
        .collect()
}

/// 50 reports in 5 seconds become four versions a second, the end among them.
#[tokio::test(start_paused = true)]
async fn reports_are_merged_to_four_a_second() {
    let scene = Scene::of(json!({"end": {"text": 3}, "reports": 50}));
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    let percents = percents(&scene);
    assert!((15..=22).contains(&percents.len()), "{percents:?}");
    assert!(percents.is_sorted());
    assert_eq!(percents.last(), Some(&100), "a completed task is done");

    let moments: Vec<_> = scene.stored().updates.iter().map(|u| u.at).collect();
    for four in moments[2..moments.len() - 1].windows(5) {
        assert!(four[4] - four[0] >= Duration::milliseconds(999), "{four:?}");
    }
    scene.check_one_end(&scene.updates.take());
}

/// A report that nothing follows becomes part of the end instead of a version of its own.
#[tokio::test(start_paused = true)]
async fn a_report_just_before_the_end_is_part_of_it() {
    let scene = Scene::of(json!({"end": "permanent", "reports": 2}));
    scene.deliver(1).await;
    let task = scene.stored();
    let expected = Progress {
        percent: 2,
        message: "working".into(),
    };
    assert_eq!(task.latest().unwrap().progress, Some(expected));
    assert_eq!(task.version, 4, "submit, claim, first report, end");
}

#[tokio::test(start_paused = true)]
async fn progress_that_cannot_be_written_is_dropped() {
    let scene = Scene::of(json!({"end": {"text": 3}, "reports": 20}));
    for write in 2..=4 {
        scene.faults.on("tasks.replace", write, Fault::Unavailable);
    }
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!(percents(&scene).last(), Some(&100));
    assert_eq!(scene.runs(), (1, 1));
}

/// A write went through whose answer was lost: the next one builds on it.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_progress_is_found_out() {
    let scene = Scene::of(json!({"end": {"text": 3}, "reports": 20}));
    scene.faults.on("tasks.replace", 3, Fault::LostAnswer);
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    assert_eq!(scene.runs(), (1, 1));
    scene.check_one_end(&scene.updates.take());
}
