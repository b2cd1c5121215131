//! Submissions with a key.

use domain::submission::KEPT;
use futures::future::join_all;
use time::Duration;

use super::*;

fn keyed(key: &str, width: u32) -> TaskRequest {
    TaskRequest {
        idempotency_key: Some(IdempotencyKey::new(key).unwrap()),
        ..request(json!({"width": width}))
    }
}

impl Scene {
    async fn submit(&self, request: TaskRequest) -> Submitted {
        self.submit.run(&self.caller, request).await.unwrap()
    }

    fn assert_one_task(&self, submitted: &Submitted) {
        let ids: Vec<_> = self.tasks.all().iter().map(|t| t.request_id).collect();
        assert_eq!(ids, [submitted.task.request_id]);
    }
}

#[tokio::test]
async fn a_new_key_costs_one_write_and_one_message() {
    let scene = scene();
    let submitted = scene.submit(keyed("k", 1)).await;
    assert!(!submitted.replayed);
    assert_eq!(
        scene.faults.calls(),
        ["submissions.create_once", "queue.send"]
    );
    scene.assert_one_task(&submitted);
}

#[tokio::test]
async fn the_same_submission_again_finds_its_task() {
    let scene = scene();
    let first = scene.submit(keyed("k", 1)).await;
    let again = scene.submit(keyed("k", 1)).await;
    assert_eq!((&again.task, again.replayed), (&first.task, true));
    scene.assert_one_task(&first);
}

#[tokio::test]
async fn a_task_that_a_worker_has_had_needs_no_message() {
    let scene = scene();
    let mut task = scene.submit(keyed("k", 1)).await.task;
    scene.queue.take();
    task.claim(build::lease_token(), NOW, Duration::SECOND)
        .unwrap();
    scene.tasks.put(task.clone());
    let again = scene.submit(keyed("k", 1)).await;
    assert_eq!((again.task, again.replayed), (task, true));
    assert!(scene.queue.take().is_empty());
}

#[tokio::test]
async fn a_key_with_something_else_is_refused() {
    let scene = scene();
    let first = scene.submit(keyed("k", 1)).await;
    let error = scene.run(keyed("k", 2)).await.unwrap_err();
    assert!(
        matches!(error, SubmitTaskError::KeyReused { .. }),
        "{error}"
    );
    let tagged = TaskRequest {
        tags: vec![],
        ..keyed("k", 1)
    };
    let error = scene.run(tagged).await.unwrap_err();
    assert!(
        matches!(error, SubmitTaskError::KeyReused { .. }),
        "{error}"
    );
    scene.assert_one_task(&first);
    assert_eq!(scene.queue.take().len(), 1);
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let scene = scene();
    scene.run(keyed("k", 0)).await.unwrap_err();
    assert!(!scene.submit(keyed("k", 1)).await.replayed);
}

#[tokio::test]
async fn of_fifty_at_once_one_makes_the_task() {
    let scene = scene();
    let calls = (0..50).map(|_| scene.submit(keyed("k", 1)));
    let outcomes = join_all(calls).await;
    let made = outcomes.iter().filter(|one| !one.replayed).count();
    assert_eq!(made, 1);
    for outcome in &outcomes {
        scene.assert_one_task(outcome);
    }
}

#[tokio::test]
async fn tenants_with_the_same_key_are_independent() {
    let scene = scene();
    let ours = scene.submit(keyed("k", 1)).await;
    let stranger = build::identity(&build::tenant());
    let theirs = scene.submit.run(&stranger, keyed("k", 2)).await.unwrap();
    assert!(!theirs.replayed);
    assert_ne!(theirs.task.request_id, ours.task.request_id);
}

#[tokio::test]
async fn a_key_is_free_again_after_a_day() {
    let scene = scene();
    let first = scene.submit(keyed("k", 1)).await;
    scene.clock.advance(KEPT - Duration::SECOND);
    assert!(scene.submit(keyed("k", 1)).await.replayed);
    scene.clock.advance(Duration::SECOND);
    let next = scene.submit(keyed("k", 2)).await;
    assert!(!next.replayed);
    assert_ne!(next.task.request_id, first.task.request_id);
}

/// The answer of the write was lost after it took effect, and nothing was sent.
#[tokio::test]
async fn a_write_of_unknown_outcome_heals_when_sent_again() {
    let scene = scene();
    let create = "submissions.create_once";
    scene.faults.on(create, 1, Fault::LostAnswer);
    let error = scene.run(keyed("k", 1)).await.unwrap_err();
    assert!(matches!(error, SubmitTaskError::NotStored(_)), "{error}");
    assert!(scene.queue.take().is_empty());
    let again = scene.submit(keyed("k", 1)).await;
    assert!(again.replayed);
    scene.assert_one_task(&again);
    assert_eq!(scene.queue.take().len(), 1);
}

#[tokio::test]
async fn a_write_that_did_not_happen_is_made_when_sent_again() {
    let scene = scene();
    let create = "submissions.create_once";
    scene.faults.on(create, 1, Fault::Unavailable);
    scene.run(keyed("k", 1)).await.unwrap_err();
    assert!(scene.tasks.all().is_empty());
    assert!(!scene.submit(keyed("k", 1)).await.replayed);
}

/// The process ended, at any call and on either side of it.
#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_heals_when_sent_again() {
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        for call in 1..=2 {
            let scene = scene();
            scene.faults.on_any(call, fault);
            let crashed = scene.submit.run(&scene.caller, keyed("k", 1));
            let crashed = tokio::time::timeout(std::time::Duration::from_secs(1), crashed);
            assert!(crashed.await.is_err(), "{fault:?} at call {call}");
            let again = scene.submit(keyed("k", 1)).await;
            scene.assert_one_task(&again);
            assert!(!scene.queue.take().is_empty(), "{fault:?} at call {call}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_cannot_be_queued_waits_for_the_next_time() {
    let scene = scene();
    scene.faults.always("queue.send", Fault::Unavailable);
    for _ in 0..2 {
        let outcome = scene.submit.run(&scene.caller, keyed("k", 1)).await;
        assert!(matches!(outcome, Err(SubmitTaskError::NotQueued(_))));
    }
    scene.faults.clear();
    let again = scene.submit(keyed("k", 1)).await;
    assert_eq!(again.task.phase(), Some(Phase::Queued));
    scene.assert_one_task(&again);
    assert_eq!(scene.queue.take().len(), 1);
}
