//! The contract of [`SourceQueue`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::TenantId;
use domain::ports::SourceQueue;

/// Receipts after which everything sent must have arrived.
const MOST_RECEIPTS: usize = 20;

/// The whole contract. `receive` takes the bodies that have arrived since.
pub async fn all(
    queue: &dyn SourceQueue,
    tenant: &TenantId,
    receive: impl AsyncFn() -> Vec<String>,
) {
    bodies_arrive_as_they_are(queue, tenant, receive).await;
}

/// With a tenant or without one.
pub async fn bodies_arrive_as_they_are(
    queue: &dyn SourceQueue,
    tenant: &TenantId,
    receive: impl AsyncFn() -> Vec<String>,
) {
    let bodies = [r#"{ "v":1, "x":"größe" }"#, "no JSON \u{1f600}"];
    queue.send(bodies[0], Some(tenant)).await.unwrap();
    queue.send(bodies[1], None).await.unwrap();
    let mut missing = bodies.to_vec();
    for _ in 0..MOST_RECEIPTS {
        if missing.is_empty() {
            break;
        }
        for arrived in receive().await {
            missing.retain(|body| *body != arrived);
        }
    }
    assert_eq!(missing, [""; 0]);
}
