//! Submissions of what is paused.

use domain::Pause;
use domain::ports::Pauses as _;
use domain::rate::Rate;
use testkit::memory::{MemoryPauses, MemoryRates};
use time::Duration as Wait;

use super::*;
use crate::PauseCheck;
use crate::pause_check::KNOWN;

/// A scene in which things can be paused.
fn pausable() -> (Scene, Arc<MemoryPauses>) {
    let mut scene = scene();
    let pauses = Arc::new(MemoryPauses::new(scene.clock.clone(), &scene.faults));
    scene.submit.pauses = Some(PauseCheck::new(pauses.clone(), scene.clock.clone()));
    (scene, pauses)
}

fn keyed() -> TaskRequest {
    TaskRequest {
        idempotency_key: Some(IdempotencyKey::new("k").unwrap()),
        ..request(json!({}))
    }
}

impl Scene {
    async fn pause(&self, pauses: &MemoryPauses, subject: &str) -> Pause {
        let pause = build::pause(subject, "operator:ada", self.clock.now());
        assert!(pauses.pause(&pause).await.unwrap());
        self.clock.advance(KNOWN);
        pause
    }

    async fn resume(&self, pauses: &MemoryPauses, pause: &Pause) {
        let now = self.clock.now();
        let resumed = pauses.resume(&pause.subject, &pause.by, now).await;
        assert!(resumed.unwrap());
        self.clock.advance(KNOWN);
    }
}

#[tokio::test]
async fn a_paused_kind_is_refused_and_leaves_nothing_behind() {
    let (scene, pauses) = pausable();
    let pause = scene.pause(&pauses, "kind:sized").await;
    let refused = scene.submit.run(&scene.caller, request(json!({}))).await;
    let refused = refused.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "submission of tasks of the kind sized is paused until an operator resumes it: the budget is spent; nothing was \
         queued"
    );
    assert!(scene.tasks.all().is_empty() && scene.queue.take().is_empty());
    scene.resume(&pauses, &pause).await;
    let taken = scene.submit.run(&scene.caller, request(json!({}))).await;
    taken.unwrap();
    assert_eq!(scene.queue.take().len(), 1);
}

#[tokio::test]
async fn a_tenant_is_paused_and_others_go_on() {
    let (scene, pauses) = pausable();
    let subject = format!("tenant:{}", scene.caller.tenant);
    scene.pause(&pauses, &subject).await;
    scene.pause(&pauses, "kind:other").await;
    let refused = scene.submit.run(&scene.caller, request(json!({}))).await;
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("of your tenant is paused"), "{text}");
    let other = build::identity(&build::tenant());
    scene.submit.run(&other, request(json!({}))).await.unwrap();
}

#[tokio::test]
async fn a_key_is_not_used_up_by_a_refusal() {
    let (scene, pauses) = pausable();
    let pause = scene.pause(&pauses, "all").await;
    for _ in 0..2 {
        let refused = scene.submit.run(&scene.caller, keyed()).await;
        assert!(matches!(refused, Err(SubmitTaskError::Paused(_))));
    }
    assert!(scene.tasks.all().is_empty() && scene.queue.take().is_empty());
    scene.resume(&pauses, &pause).await;
    let taken = scene.submit.run(&scene.caller, keyed()).await.unwrap();
    assert!(!taken.replayed);
}

#[tokio::test]
async fn what_was_taken_on_is_confirmed_again_while_paused() {
    let (scene, pauses) = pausable();
    let first = scene.submit.run(&scene.caller, keyed()).await.unwrap();
    scene.pause(&pauses, "all").await;
    let again = scene.submit.run(&scene.caller, keyed()).await.unwrap();
    assert_eq!((again.replayed, again.task), (true, first.task));
    let other = TaskRequest {
        tags: vec!["other".into()],
        ..keyed()
    };
    let reused = scene.submit.run(&scene.caller, other).await;
    assert!(matches!(reused, Err(SubmitTaskError::KeyReused { .. })));
    scene.faults.always("submissions.find", Fault::Unavailable);
    let unknown = scene.submit.run(&scene.caller, keyed()).await;
    assert!(matches!(unknown, Err(SubmitTaskError::NotStored(_))));
}

/// Else a client that keeps trying would find itself without submissions at the end of the pause.
#[tokio::test]
async fn a_refusal_costs_the_tenant_no_submission() {
    let (mut scene, pauses) = pausable();
    scene.submit.metering = Some(Metering {
        limit: Arc::new(MemoryRates::new(&scene.faults)),
        rate: Rate {
            per_minute: 1,
            burst: 1,
        },
    });
    let pause = Pause {
        until: Some(NOW + Wait::HOUR),
        ..build::pause("all", "guard:budget", NOW)
    };
    pauses.pause(&pause).await.unwrap();
    for _ in 0..3 {
        let refused = scene.submit.run(&scene.caller, request(json!({}))).await;
        let text = refused.unwrap_err().to_string();
        assert!(
            text.contains("paused until 2026-03-01T13:00:00Z: "),
            "{text}"
        );
    }
    scene.clock.advance(Wait::HOUR);
    let taken = scene.submit.run(&scene.caller, request(json!({}))).await;
    taken.unwrap();
}
