//! The contract of [`PusherQueue`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use std::collections::BTreeMap;

use domain::ports::PusherQueue;
use domain::{Replay, Resumed, TenantId};

use crate::build;
use crate::memory::Asked;

/// Receipts after which everything sent must have arrived.
const MOST_RECEIPTS: usize = 100;

/// Most tasks that one frame of a client names.
const MOST_TASKS: u64 = 100;

/// Everything asked for arrives as it was: at least once, in any order, and whole. `receive` takes
/// what has arrived since, as the pusher reads it; it may wait a little for something to arrive.
pub async fn all(
    queue: &dyn PusherQueue,
    tenant: &TenantId,
    receive: impl AsyncFn() -> Vec<Asked>,
) {
    let replay = replay(tenant);
    let id = build::connection_id();
    queue.replay(&replay).await.unwrap();
    queue.hang_up(&id).await.unwrap();
    let sent = [Asked::Replay(replay), Asked::HangUp(id)];
    let mut missing = sent.to_vec();
    for _ in 0..MOST_RECEIPTS {
        if missing.is_empty() {
            break;
        }
        for arrived in receive().await {
            assert!(sent.contains(&arrived), "{arrived:?} was not sent");
            missing.retain(|asked| *asked != arrived);
        }
    }
    assert_eq!(missing, []);
}

/// As large as they get.
fn replay(tenant: &TenantId) -> Replay {
    let tasks = (0..MOST_TASKS).map(|version| (build::request_id(), version));
    let resumed = Resumed {
        version: u64::MAX,
        recovered: true,
    };
    Replay {
        tenant: tenant.clone(),
        connection: build::connection_id(),
        tasks: tasks.collect(),
        done: BTreeMap::from([(build::request_id(), resumed)]),
    }
}
