//! The contract of [`SourceQueues`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::TenantId;
use domain::dead_letters::DeadQueue;
use domain::ports::SourceQueues;

/// Receipts after which everything sent must have arrived.
const MOST_RECEIPTS: usize = 20;

/// A body, and the group that it belongs to.
pub type Arrived = (String, Option<String>);

/// The whole contract, of one queue. `receive` takes what has arrived there since.
pub async fn all(
    sources: &dyn SourceQueues,
    queue: DeadQueue,
    tenant: &TenantId,
    receive: impl AsyncFn() -> Vec<Arrived>,
) {
    bodies_arrive_as_they_are_in_their_groups(sources, queue, tenant, receive).await;
}

/// Whatever they hold; one without a tenant belongs to no group.
pub async fn bodies_arrive_as_they_are_in_their_groups(
    sources: &dyn SourceQueues,
    queue: DeadQueue,
    tenant: &TenantId,
    receive: impl AsyncFn() -> Vec<Arrived>,
) {
    let bodies = [r#"{ "v":1, "x":"größe" }"#, "no JSON \u{1f600}"];
    for (body, tenant) in [(bodies[0], Some(tenant)), (bodies[1], None)] {
        sources.send(queue, body, tenant).await.unwrap();
    }
    let mut missing = vec![
        (bodies[0].to_owned(), Some(tenant.to_string())),
        (bodies[1].to_owned(), None),
    ];
    for _ in 0..MOST_RECEIPTS {
        if missing.is_empty() {
            break;
        }
        for arrived in receive().await {
            assert!(missing.contains(&arrived), "{arrived:?} was not sent");
            missing.retain(|sent| *sent != arrived);
        }
    }
    assert_eq!(missing, []);
}
