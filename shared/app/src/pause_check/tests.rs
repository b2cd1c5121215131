use domain::ports::Pauses as _;
use futures::future::join_all;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemoryPauses};

use super::*;

struct Scene {
    check: PauseCheck,
    pauses: Arc<MemoryPauses>,
    clock: Arc<FixedClock>,
    faults: Faults,
    tenant: TenantId,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let clock = Arc::new(FixedClock::at(NOW));
    let pauses = Arc::new(MemoryPauses::new(clock.clone(), &faults));
    Scene {
        check: PauseCheck::new(pauses.clone(), clock.clone()),
        pauses,
        clock,
        faults,
        tenant: build::tenant(),
    }
}

impl Scene {
    async fn paused(&self, kind: &str) -> bool {
        self.check.check(kind, &self.tenant).await.is_err()
    }

    async fn pause(&self, subject: &str) {
        let pause = build::pause(subject, "operator:ada", self.clock.now());
        self.pauses.pause(&pause).await.unwrap();
    }

    fn reads(&self) -> usize {
        let calls = self.faults.calls();
        calls.iter().filter(|call| **call == "pauses.list").count()
    }

    /// What was begun beside the last call comes to its end.
    async fn settle(&self) {
        drop(self.check.reading.lock().await);
    }
}

#[tokio::test]
async fn the_first_submission_of_a_process_knows_what_is_paused() {
    let scene = scene();
    scene.pause("kind:analyze").await;
    assert!(scene.paused("analyze").await);
    assert!(!scene.paused("export").await);
    assert_eq!(scene.reads(), 1);
}

#[tokio::test]
async fn one_read_does_for_many() {
    let scene = scene();
    join_all((0..50).map(|_| scene.paused("export"))).await;
    scene.clock.advance(FRESH - Duration::MILLISECOND);
    assert!(!scene.paused("export").await);
    assert_eq!(scene.reads(), 1);
}

#[tokio::test]
async fn a_busy_process_reads_beside_its_submissions() {
    let scene = scene();
    assert!(!scene.paused("export").await);
    scene.pause("all").await;
    scene.clock.advance(FRESH);
    for _ in 0..3 {
        assert!(!scene.paused("export").await, "it does not wait");
    }
    scene.settle().await;
    assert!(scene.paused("export").await);
    assert_eq!(scene.reads(), 2);
}

#[tokio::test]
async fn a_pause_and_its_end_are_heeded_in_time_by_one_that_slept() {
    let scene = scene();
    assert!(!scene.paused("export").await);
    scene.pause("kind:export").await;
    scene.clock.advance(KNOWN);
    assert!(scene.paused("export").await);
    let subject = "kind:export".parse().unwrap();
    let author = "operator:bob".parse().unwrap();
    let resumed = scene.pauses.resume(&subject, &author, scene.clock.now());
    assert!(resumed.await.unwrap());
    scene.clock.advance(KNOWN);
    assert!(!scene.paused("export").await);
}

#[tokio::test]
async fn a_known_pause_ends_without_anybody_being_asked() {
    let scene = scene();
    let pause = Pause {
        until: Some(NOW + Duration::seconds(2)),
        ..build::pause("all", "operator:ada", NOW)
    };
    scene.pauses.pause(&pause).await.unwrap();
    assert!(scene.paused("export").await);
    scene.clock.advance(Duration::seconds(2));
    assert!(!scene.paused("export").await);
    assert_eq!(scene.reads(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_what_was_known_last_counts() {
    let scene = scene();
    scene.pause("kind:export").await;
    scene.faults.on("pauses.list", 1, Fault::Unavailable);
    assert!(!scene.paused("export").await, "a new process fails open");
    assert!(!scene.paused("export").await);
    assert_eq!(scene.reads(), 1, "and asks no more than others");
    scene.clock.advance(KNOWN);
    assert!(scene.paused("export").await);
    for fault in [Fault::Unavailable, Fault::HangBefore] {
        scene.faults.clear();
        scene.faults.always("pauses.list", fault);
        scene.clock.advance(KNOWN);
        assert!(scene.paused("export").await);
        assert!(!scene.paused("analyze").await);
    }
}
