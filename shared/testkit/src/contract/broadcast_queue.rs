//! The contract of [`BroadcastQueue`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::broadcast::{Addressees, MOST_MESSAGE, Notice, Part, Shard};
use domain::ports::BroadcastQueue;
use domain::{Broadcast, TenantId};
use serde_json::json;
use time::Duration;

use crate::build;

/// Receipts after which everything sent must have arrived.
const MOST_RECEIPTS: usize = 100;

/// The whole contract. `receive` takes what has arrived since, as the pusher reads it; it may
/// wait a little for something to arrive.
pub async fn all(
    queue: &dyn BroadcastQueue,
    tenant: &TenantId,
    receive: impl AsyncFn() -> Vec<Part>,
) {
    everything_sent_arrives_as_it_was(queue, tenant, &receive).await;
    nothing_sent_is_nothing(queue, &receive).await;
}

/// At least once, in any order, and whole; more parts than fit into one call, of the largest size.
pub async fn everything_sent_arrives_as_it_was(
    queue: &dyn BroadcastQueue,
    tenant: &TenantId,
    receive: &impl AsyncFn() -> Vec<Part>,
) {
    let sent = parts(tenant);
    for outcome in queue.send_all(&sent, Duration::ZERO).await {
        outcome.unwrap();
    }
    let mut missing = sent.clone();
    for _ in 0..MOST_RECEIPTS {
        if missing.is_empty() {
            break;
        }
        for arrived in receive().await {
            assert!(sent.contains(&arrived), "{arrived:?} was not sent");
            missing.retain(|part| *part != arrived);
        }
    }
    assert_eq!(missing, []);
}

/// No parts, no calls, no outcomes.
pub async fn nothing_sent_is_nothing(
    queue: &dyn BroadcastQueue,
    receive: &impl AsyncFn() -> Vec<Part>,
) {
    assert!(queue.send_all(&[], Duration::ZERO).await.is_empty());
    assert_eq!(receive().await, []);
}

fn parts(tenant: &TenantId) -> Vec<Part> {
    let largest = build::broadcast(json!("x".repeat(MOST_MESSAGE - 2)));
    let bye = Broadcast {
        notice: Notice::Reconnect {
            reason: "größe & co".into(),
            within: Duration::milliseconds(1_500),
        },
        tenant: Some(tenant.clone()),
        ..build::broadcast(json!(null))
    };
    let mut all = largest.parts();
    all.push(Part {
        broadcast: bye.clone(),
        to: Addressees::Shard {
            shard: Shard::numbered(3),
            after: Some(build::connection_id()),
        },
    });
    for round in 1..4 {
        let ids = (0..50).map(|_| build::connection_id()).collect();
        all.push(Part {
            broadcast: bye.clone(),
            to: Addressees::Named { ids, round },
        });
    }
    all
}
