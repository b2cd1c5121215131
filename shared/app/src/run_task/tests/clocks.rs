//! Clocks that jump, or differ, never give a task two ends.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use domain::task::Status;
use futures::future::join_all;
use serde_json::{Value, json};
use testkit::ambient::JumpingClock;
use testkit::build::NOW;
use time::Duration;
use tokio::time::sleep;

use super::scene::Scene;
use crate::run_task::{Outcome, RunTask};

/// A scene, a second worker of it, and the clock of each.
struct Two {
    scene: Scene,
    other: RunTask,
    clock: Arc<JumpingClock>,
    other_clock: Arc<JumpingClock>,
}

impl Two {
    fn of(script: Value) -> Self {
        let mut scene = Scene::of(script);
        let clock = Arc::new(JumpingClock::at(NOW));
        let other_clock = Arc::new(JumpingClock::at(NOW));
        scene.worker.clock = clock.clone();
        let mut other = scene.worker.clone();
        other.clock = other_clock.clone();
        Self {
            scene,
            other,
            clock,
            other_clock,
        }
    }

    /// The second worker gets the message after so many seconds.
    async fn other_after(&self, seconds: u64) -> Outcome {
        sleep(StdDuration::from_secs(seconds)).await;
        self.other.run(&self.scene.delivery(2)).await
    }

    fn check(&self) {
        assert_eq!(self.scene.stored().status(), Status::Completed);
        self.scene.check_one_end(&self.scene.updates.take());
    }
}

fn script() -> Value {
    json!({"end": {"text": 3}, "seconds": 25, "reports": 3})
}

#[tokio::test(start_paused = true)]
async fn a_worker_whose_clock_jumps_keeps_its_task() {
    for hours in [-1, 1] {
        let two = Two::of(script());
        let jump = async {
            sleep(StdDuration::from_secs(5)).await;
            two.clock.jump(Duration::hours(hours));
        };
        let (outcome, ()) = tokio::join!(two.scene.deliver(1), jump);
        assert_eq!(outcome, Outcome::Done, "{hours} hours");
        assert_eq!((two.scene.stored().attempt, two.scene.runs()), (1, (1, 1)));
        two.check();
    }
}

/// To a worker whose clock is ahead the other's lease is over: it takes the task, and the other
/// lets it go at the next beat.
#[tokio::test(start_paused = true)]
async fn a_lease_that_seems_over_is_taken_and_the_first_worker_stops() {
    let two = Two::of(script());
    two.other_clock.jump(Duration::hours(1));
    let (first, second) = tokio::join!(two.scene.deliver(1), two.other_after(5));
    assert!(matches!(first, Outcome::Later(_)), "{first:?}");
    assert_eq!(second, Outcome::Done);
    assert_eq!(two.scene.runs(), (2, 1), "begun twice, ended once");
    two.check();
}

#[tokio::test(start_paused = true)]
async fn a_worker_whose_clock_is_behind_waits() {
    let two = Two::of(script());
    two.other_clock.jump(Duration::seconds(-20));
    let (first, second) = tokio::join!(two.scene.deliver(1), two.other_after(5));
    assert_eq!(first, Outcome::Done);
    assert!(matches!(second, Outcome::Later(_)), "{second:?}");
    assert_eq!(two.scene.runs(), (1, 1));
    two.check();
}

/// Four deliveries to two workers whose clocks jump as they like, four hundred times over.
#[tokio::test(start_paused = true)]
async fn whatever_clocks_do_there_is_one_end() {
    for seed in 0..400 {
        let two = Two::of(script());
        let mut random = seed;
        let mut next = |below: u64| {
            // Knuth's linear congruential generator; its high bits are the good ones.
            random = u64::wrapping_mul(random, 6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let jumps: Vec<_> = (0..4)
            .map(|_| {
                (
                    next(40),
                    next(2) == 0,
                    i64::try_from(next(240)).unwrap() - 120,
                )
            })
            .collect();
        let starts: Vec<_> = (1..=4)
            .map(|count| (count, next(40), next(2) == 0))
            .collect();
        let jumping = join_all(jumps.iter().map(async |(at, ours, seconds)| {
            sleep(StdDuration::from_secs(*at)).await;
            let clock = if *ours { &two.clock } else { &two.other_clock };
            clock.jump(Duration::seconds(*seconds));
        }));
        let working = join_all(starts.iter().map(async |(count, at, ours)| {
            sleep(StdDuration::from_secs(*at)).await;
            let worker = if *ours { &two.scene.worker } else { &two.other };
            worker.run(&two.scene.delivery(*count)).await
        }));
        tokio::join!(jumping, working);
        // Whatever was left over: a queue delivers until it is told to stop.
        for count in 5..9 {
            match two.scene.deliver(count).await {
                Outcome::Later(wait) => sleep(wait.unsigned_abs()).await,
                outcome => assert_eq!(outcome, Outcome::Done, "seed {seed}"),
            }
        }
        assert!(two.scene.stored().attempt <= 5, "seed {seed}");
        two.check();
    }
}
