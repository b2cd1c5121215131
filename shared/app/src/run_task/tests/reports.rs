//! A completed task leaves one report, and no other task any.

use domain::task::Status;
use domain::{Report, TaskResult};
use serde_json::json;
use testkit::memory::Fault;

use super::scene::Scene;
use crate::run_task::Outcome;

/// The one report that must be there, as the stored task has it.
fn expected(scene: &Scene) -> Vec<Report> {
    vec![Report::of(&scene.stored(), "A script".into()).unwrap()]
}

#[tokio::test(start_paused = true)]
async fn small_and_large_results_are_reported() {
    for (length, apart) in [(3, false), (40_000, true)] {
        let scene = Scene::of(json!({"end": {"text": length}, "report": true}));
        assert_eq!(scene.deliver(1).await, Outcome::Done);
        let reports = scene.reports.all();
        assert_eq!(reports, expected(&scene));
        let stored = matches!(reports[0].result, TaskResult::Stored { .. });
        assert_eq!(stored, apart);
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_call_a_fault_comes_at_there_is_one_report() {
    for fault in [
        Fault::HangBefore,
        Fault::HangAfter,
        Fault::Unavailable,
        Fault::LostAnswer,
        Fault::Conflict,
    ] {
        for nth in 1.. {
            let scene = Scene::of(json!({"end": {"text": 40_000}, "report": true}));
            scene.faults.on_any(nth, fault);
            let (outcome, _) = scene.deliver_until_done().await;
            let calls = scene.faults.calls();
            let place = format!("{fault:?} at {:?}", calls.get(nth - 1));
            assert_eq!(outcome, Some(Outcome::Done), "{place}");
            assert_eq!(scene.reports.all(), expected(&scene), "{place}");
            if calls.len() < nth {
                assert!(nth > 8, "only {} calls", nth - 1);
                break;
            }
        }
    }
}

/// Whoever hears of the end finds the report.
#[tokio::test(start_paused = true)]
async fn a_report_is_there_before_the_end_is_told() {
    let scene = Scene::of(json!({"end": {"text": 3}, "report": true}));
    scene.deliver(1).await;
    let calls = scene.faults.calls();
    let saved = calls.iter().position(|call| *call == "reports.save");
    let told = calls.iter().rposition(|call| *call == "updates.send");
    assert!(saved.unwrap() < told.unwrap(), "{calls:?}");
}

/// The end is told however long the store is away, and the work is not done again.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_holds_up_the_report_alone() {
    let scene = Scene::of(json!({"end": {"text": 3}, "report": true}));
    scene.faults.always("reports.save", Fault::Unavailable);
    assert!(matches!(scene.deliver(1).await, Outcome::Later(_)));
    assert_eq!(scene.stored().status(), Status::Completed);
    scene.check_one_end(&scene.updates.take());
    scene.faults.clear();
    assert_eq!(scene.deliver(2).await, Outcome::Done);
    assert_eq!(scene.reports.all(), expected(&scene));
    assert_eq!(scene.runs(), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_report_that_cannot_be_written_holds_up_nothing() {
    let scene = Scene::of(json!({"end": {"text": 3}, "report": true}));
    scene.faults.always("reports.save", Fault::Broken);
    assert_eq!(scene.deliver(1).await, Outcome::Done);
    scene.check_one_end(&scene.updates.take());
}

#[tokio::test(start_paused = true)]
async fn without_a_result_or_a_title_there_is_no_report() {
    for script in [
        json!({"end": "permanent", "report": true}),
        json!({"end": {"text": 3}}),
        json!({"end": {"text": 3}, "report": false}),
    ] {
        let scene = Scene::of(script);
        assert_eq!(scene.deliver(1).await, Outcome::Done);
        assert!(scene.reports.all().is_empty());
    }
}
