//! The contract of [`CallbackQueue`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::CallbackQueue;
use domain::{Callback, TenantId};

use crate::build;

/// Receipts after which everything sent must have arrived.
const MOST_RECEIPTS: usize = 20;

/// The whole contract. `receive` takes what has arrived since, as the function that sends callbacks
/// reads it; it may wait a little for something to arrive.
pub async fn all(
    queue: &dyn CallbackQueue,
    tenant: &TenantId,
    receive: impl AsyncFn() -> Vec<Callback>,
) {
    everything_sent_arrives_as_it_was(queue, tenant, &receive).await;
}

/// At least once, in any order, and whole.
pub async fn everything_sent_arrives_as_it_was(
    queue: &dyn CallbackQueue,
    tenant: &TenantId,
    receive: &impl AsyncFn() -> Vec<Callback>,
) {
    let sent = [1, 3, u64::MAX].map(|version| Callback {
        tenant: tenant.clone(),
        request_id: build::request_id(),
        version,
        trace: Some(build::trace()),
    });
    for callback in &sent {
        queue.send(callback).await.unwrap();
    }
    let mut missing = sent.to_vec();
    for _ in 0..MOST_RECEIPTS {
        if missing.is_empty() {
            break;
        }
        for arrived in receive().await {
            assert!(sent.contains(&arrived), "{arrived:?} was not sent");
            missing.retain(|callback| *callback != arrived);
        }
    }
    assert_eq!(missing, []);
}
