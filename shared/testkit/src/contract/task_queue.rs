//! The contract of [`TaskQueue`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use std::collections::HashSet;

use domain::ports::TaskQueue;
use domain::{RequestId, TenantId};
use futures::future::join_all;

use super::beside;
use crate::build;

/// Receipts after which everything sent must have arrived.
const MOST_RECEIPTS: usize = 100;

/// The whole contract. `receive` takes what has arrived since, as a worker reads it; it may wait
/// a little for something to arrive.
pub async fn all(
    queue: &dyn TaskQueue,
    tenant: &TenantId,
    receive: impl AsyncFn() -> Vec<(TenantId, RequestId)>,
) {
    everything_sent_arrives(queue, tenant, &receive).await;
    many_sent_at_once_arrive(queue, tenant, &receive).await;
    a_task_can_be_sent_again(queue, tenant, &receive).await;
}

/// At least once, in any order, with its tenant.
pub async fn everything_sent_arrives(
    queue: &dyn TaskQueue,
    tenant: &TenantId,
    receive: &impl AsyncFn() -> Vec<(TenantId, RequestId)>,
) {
    let other = beside(tenant, "other");
    let sent: HashSet<_> = (0..30)
        .map(|n| if n % 2 == 0 { tenant } else { &other })
        .map(|tenant| (tenant.clone(), build::request_id()))
        .collect();
    let sending = sent.iter().map(|(tenant, id)| queue.send(tenant, *id));
    for outcome in join_all(sending).await {
        outcome.unwrap();
    }
    assert_arrive(sent, receive).await;
}

/// More than any one call of a queue takes, and none at all, with one outcome for each.
pub async fn many_sent_at_once_arrive(
    queue: &dyn TaskQueue,
    tenant: &TenantId,
    receive: &impl AsyncFn() -> Vec<(TenantId, RequestId)>,
) {
    assert!(queue.send_all(tenant, &[]).await.is_empty());
    let ids: Vec<_> = (0..25).map(|_| build::request_id()).collect();
    let outcomes = queue.send_all(tenant, &ids).await;
    assert_eq!(outcomes.len(), ids.len());
    for outcome in outcomes {
        outcome.unwrap();
    }
    let sent = ids.into_iter().map(|id| (tenant.clone(), id)).collect();
    assert_arrive(sent, receive).await;
}

async fn assert_arrive(
    sent: HashSet<(TenantId, RequestId)>,
    receive: &impl AsyncFn() -> Vec<(TenantId, RequestId)>,
) {
    let mut arrived = HashSet::new();
    for _ in 0..MOST_RECEIPTS {
        if arrived.len() == sent.len() {
            break;
        }
        arrived.extend(receive().await);
    }
    assert_eq!(arrived, sent);
}

/// A task that runs again is sent again: the queue does not drop it as known.
pub async fn a_task_can_be_sent_again(
    queue: &dyn TaskQueue,
    tenant: &TenantId,
    receive: &impl AsyncFn() -> Vec<(TenantId, RequestId)>,
) {
    let task = (tenant.clone(), build::request_id());
    for _ in 0..2 {
        queue.send(&task.0, task.1).await.unwrap();
        let mut arrived = false;
        for _ in 0..MOST_RECEIPTS {
            arrived = arrived || receive().await.contains(&task);
            if arrived {
                break;
            }
        }
        assert!(arrived, "the task did not arrive");
    }
}
