//! The contract of [`PoolHeartbeats`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::pool::{Heartbeat, KEPT};
use domain::ports::PoolHeartbeats;
use time::Duration;

use crate::ambient::FixedClock;
use crate::build::{self, NOW};

/// Heartbeats and the clock that they go by, which shows [`NOW`] and only this contract moves.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// Keeps them.
    pub heartbeats: &'a dyn PoolHeartbeats,
    /// Tells which have expired.
    pub clock: &'a FixedClock,
}

/// The whole contract. Nobody else may use the store.
pub async fn all(kept: Kept<'_>) {
    every_process_comes_back_as_it_told(kept).await;
    a_process_that_ended_in_order_is_forgotten(kept).await;
    a_silent_process_is_known_for_a_while(kept).await;
}

async fn known(kept: Kept<'_>) -> Vec<Heartbeat> {
    kept.heartbeats.all().await.unwrap()
}

/// Its last word counts, and others' words stay as they are.
pub async fn every_process_comes_back_as_it_told(kept: Kept<'_>) {
    assert_eq!(known(kept).await, []);
    let idle = build::heartbeat(NOW);
    let mut busy = Heartbeat {
        running: 20,
        oldest_wait_ms: Some(1_234),
        taken: 1 << 40,
        full_since: Some(NOW - Duration::milliseconds(7)),
        ..build::heartbeat(NOW)
    };
    for heartbeat in [&busy, &idle] {
        kept.heartbeats.beat(heartbeat).await.unwrap();
    }
    assert_eq!(known(kept).await, sorted([&idle, &busy]));
    (busy.oldest_wait_ms, busy.full_since) = (None, None);
    busy.seen_at += Duration::milliseconds(5_001);
    kept.heartbeats.beat(&busy).await.unwrap();
    assert_eq!(known(kept).await, sorted([&idle, &busy]));
    for heartbeat in [&busy, &idle] {
        kept.heartbeats.forget(&heartbeat.id).await.unwrap();
    }
}

/// Also twice, and whether it was known or not.
pub async fn a_process_that_ended_in_order_is_forgotten(kept: Kept<'_>) {
    let (ended, other) = (build::heartbeat(NOW), build::heartbeat(NOW));
    for heartbeat in [&ended, &other] {
        kept.heartbeats.beat(heartbeat).await.unwrap();
    }
    for _ in 0..2 {
        kept.heartbeats.forget(&ended.id).await.unwrap();
    }
    assert_eq!(known(kept).await, std::slice::from_ref(&other));
    kept.heartbeats.forget(&other.id).await.unwrap();
}

/// And not for longer, whenever the store gets to removing it.
pub async fn a_silent_process_is_known_for_a_while(kept: Kept<'_>) {
    let silent = build::heartbeat(NOW);
    kept.heartbeats.beat(&silent).await.unwrap();
    kept.clock.advance(KEPT - Duration::SECOND);
    assert_eq!(known(kept).await, std::slice::from_ref(&silent));
    kept.clock.advance(Duration::SECOND);
    assert_eq!(known(kept).await, []);
}

fn sorted(heartbeats: [&Heartbeat; 2]) -> Vec<Heartbeat> {
    let mut sorted: Vec<_> = heartbeats.into_iter().cloned().collect();
    sorted.sort_by(|one, other| one.id.cmp(&other.id));
    sorted
}
