//! Hours whose figures are outdated.

use std::sync::Arc;

use domain::ports::{EventLog as _, OutdatedHours, PortError, RollUps};
use testkit::build;
use testkit::memory::{Fault, MemoryEvents};
use time::Duration;

use super::scene::{Scene, scene};
use crate::sweep::Swept;

/// An hour of each of these days has a request.
async fn touch(scene: &Scene, days: &[&str]) {
    let events: Vec<_> = days
        .iter()
        .map(|day| build::request(day, &format!("{day}T12:00:00Z"), "ann", 1.0))
        .collect();
    scene
        .events
        .append(&build::tenant(), &events)
        .await
        .unwrap();
}

#[tokio::test]
async fn outdated_hours_are_rolled_up_once() {
    let scene = scene();
    touch(&scene, &["2026-02-01", "2026-02-02"]).await;
    let swept = scene.sweep.run().await;
    assert_eq!((swept.hours_rolled_up, swept.faults), (2, 0));
    assert_eq!(scene.sweep.run().await, Swept::default());
}

#[tokio::test]
async fn hours_that_fail_come_last_and_hold_up_no_other() {
    let scene = scene();
    touch(&scene, &["2026-02-01", "2026-02-02"]).await;
    scene.faults.on("events.roll_up", 1, Fault::Unavailable);
    let swept = scene.sweep.run().await;
    assert_eq!((swept.hours_rolled_up, swept.faults), (1, 1));
    let swept = scene.sweep.run().await;
    assert_eq!((swept.hours_rolled_up, swept.faults), (1, 0));
    for (call, faults) in [("events.outdated", 1), ("events.postpone", 2)] {
        let scene = self::scene();
        touch(&scene, &["2026-02-01"]).await;
        scene.faults.on("events.roll_up", 1, Fault::Unavailable);
        scene.faults.on(call, 1, Fault::Unavailable);
        assert_eq!(scene.sweep.run().await.faults, faults, "{call}");
    }
}

/// Rolls up each day in so long.
struct Slow(Duration, Arc<MemoryEvents>);

#[async_trait::async_trait]
impl RollUps for Slow {
    async fn outdated(&self, most_hours: usize) -> Result<Vec<OutdatedHours>, PortError> {
        self.1.outdated(most_hours).await
    }

    async fn roll_up(&self, outdated: &OutdatedHours) -> Result<(), PortError> {
        tokio::time::sleep(self.0.unsigned_abs()).await;
        self.1.roll_up(outdated).await
    }

    async fn postpone(&self, outdated: &OutdatedHours) -> Result<(), PortError> {
        self.1.postpone(outdated).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_in_time_however_much_is_outdated() {
    for (each, rolled_up, faults) in [(3, 6, 0), (8, 2, 0), (30, 0, 1)] {
        let mut scene = scene();
        let days: Vec<_> = (1..=28).map(|day| format!("2026-02-{day:02}")).collect();
        touch(&scene, &days.iter().map(String::as_str).collect::<Vec<_>>()).await;
        scene.sweep.roll_ups = Arc::new(Slow(Duration::seconds(each), scene.events.clone()));
        let began = tokio::time::Instant::now();
        let swept = scene.sweep.run().await;
        assert!(
            began.elapsed() <= std::time::Duration::from_secs(21),
            "{each}"
        );
        assert_eq!(
            (swept.hours_rolled_up, swept.faults),
            (rolled_up, faults),
            "{each}"
        );
    }
}
