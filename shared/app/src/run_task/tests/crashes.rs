//! Whatever call a crash or a fault comes at, redelivery brings the task to one end.

use std::collections::BTreeSet;

use domain::kind::RETRY;
use domain::task::Status;
use serde_json::json;
use testkit::memory::Fault;

use super::scene::Scene;
use crate::run_task::{LEASE, Outcome};

/// Brings a task to its end with a fault at one call after the other, and gives how many calls
/// there were to fail.
async fn fail_each_call(fault: Fault, script: &serde_json::Value) -> usize {
    for nth in 1.. {
        let scene = Scene::of(script.clone());
        scene.meddle(|task| task.terms.callback_url = Some("https://example.org/hook".into()));
        scene.faults.on_any(nth, fault);
        let (outcome, _) = scene.deliver_until_done().await;
        let calls = scene.faults.calls();
        let place = format!("{fault:?} at {:?}", calls.get(nth - 1));
        assert_eq!(outcome, Some(Outcome::Done), "{place}");
        assert_eq!(scene.stored().status(), Status::Completed, "{place}");
        assert!(scene.stored().attempt <= 2, "{place}");
        scene.check_one_end(&scene.updates.take());
        let callbacks = scene.callbacks.take().into_iter();
        let told: BTreeSet<_> = callbacks.map(|callback| callback.version).collect();
        assert_eq!(told, [scene.stored().version].into(), "{place}");
        if calls.len() < nth {
            return nth - 1;
        }
    }
    0
}

#[tokio::test(start_paused = true)]
async fn one_fault_or_crash_anywhere_leads_to_one_end() {
    let script = json!({"end": {"text": 40_000}, "seconds": 12, "reports": 6});
    for fault in [
        Fault::HangBefore,
        Fault::HangAfter,
        Fault::Unavailable,
        Fault::LostAnswer,
        Fault::Conflict,
    ] {
        let calls = fail_each_call(fault, &script).await;
        assert!(calls >= 14, "{fault:?}: only {calls} calls");
    }
}

/// The queue itself hides a message for many minutes.
#[tokio::test(start_paused = true)]
async fn a_crash_before_the_claim_hides_the_message_for_a_lease_only() {
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        let scene = Scene::of(json!({"end": {"text": 3}}));
        scene.faults.on("tasks.load", 1, fault);
        let crash = tokio::time::timeout(std::time::Duration::from_mins(1), scene.deliver(1));
        assert!(crash.await.is_err(), "it hangs");
        assert_eq!(scene.deliveries.hidden(), [("receipt-1".into(), LEASE)]);
        assert_eq!(scene.deliver(2).await, Outcome::Done);
    }
}

/// A task that kills its worker every time is not tried for ever.
#[tokio::test(start_paused = true)]
async fn a_task_that_kills_its_workers_is_given_up() {
    let scene = Scene::of(json!({"end": {"text": 3}}));
    for attempt in 1..=RETRY.attempts {
        scene.faults.clear();
        // The claim goes through, and nothing after it.
        scene.faults.on("updates.send", 1, Fault::HangBefore);
        scene.faults.on("tasks.replace", 2, Fault::HangBefore);
        let crash = tokio::time::timeout(std::time::Duration::from_mins(1), scene.deliver(attempt));
        assert!(crash.await.is_err(), "attempt {attempt} does not end");
    }
    scene.faults.clear();
    let outcome = scene.deliver(RETRY.attempts + 1).await;
    assert!(
        matches!(outcome, Outcome::DeadLetter { reason } if reason.starts_with("worker_lost: "))
    );
    let failure = scene.stored().state.failure().cloned().unwrap();
    assert_eq!(failure.code, "worker_lost");
    assert_eq!(scene.runs().0, RETRY.attempts);
    scene.check_one_end(&scene.updates.take());
}
