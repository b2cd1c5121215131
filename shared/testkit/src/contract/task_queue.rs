//! The contract of [`TaskQueue`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use std::collections::HashSet;

use domain::ports::{Job, TaskQueue};
use domain::task::Priority;
use domain::{RequestId, TenantId, Trace};
use futures::future::join_all;

use super::beside;
use crate::build::{self, NOW};

/// Receipts after which everything sent must have arrived.
const MOST_RECEIPTS: usize = 100;

/// What a message holds: names, and the trace.
type Name = (TenantId, RequestId, Option<Trace>);

/// The whole contract. `receive` takes what has arrived since on the way of a priority, as a
/// worker reads it; it may wait a little for something to arrive.
pub async fn all(
    queue: &dyn TaskQueue,
    tenant: &TenantId,
    receive: impl AsyncFn(Priority) -> Vec<Name>,
) {
    everything_sent_arrives(queue, tenant, &receive).await;
    many_sent_at_once_arrive(queue, tenant, &receive).await;
    a_task_can_be_sent_again(queue, tenant, &receive).await;
}

fn job(tenant: &TenantId, priority: Priority) -> Job {
    Job {
        tenant: tenant.clone(),
        request_id: build::request_id(),
        priority,
        created_at: NOW,
        run_at: None,
        trace: Some(build::trace()),
    }
}

/// Jobs of two tenants and both priorities in turn.
fn jobs(tenant: &TenantId, count: usize) -> Vec<Job> {
    let other = beside(tenant, "other");
    let one = |n: usize| {
        let tenant = if n.is_multiple_of(2) { tenant } else { &other };
        job(tenant, Priority::ALL[n / 2 % 2])
    };
    (0..count).map(one).collect()
}

/// At least once, in any order, with its tenant, on the way of its priority.
pub async fn everything_sent_arrives(
    queue: &dyn TaskQueue,
    tenant: &TenantId,
    receive: &impl AsyncFn(Priority) -> Vec<Name>,
) {
    let jobs = jobs(tenant, 30);
    for outcome in join_all(jobs.iter().map(|job| queue.send(job))).await {
        outcome.unwrap();
    }
    assert_arrive(&jobs, receive).await;
}

/// More than any one call of a queue takes, and none at all, with one outcome for each.
pub async fn many_sent_at_once_arrive(
    queue: &dyn TaskQueue,
    tenant: &TenantId,
    receive: &impl AsyncFn(Priority) -> Vec<Name>,
) {
    assert!(queue.send_all(&[]).await.is_empty());
    let jobs = jobs(tenant, 45);
    let outcomes = queue.send_all(&jobs).await;
    assert_eq!(outcomes.len(), jobs.len());
    for outcome in outcomes {
        outcome.unwrap();
    }
    assert_arrive(&jobs, receive).await;
}

async fn assert_arrive(jobs: &[Job], receive: &impl AsyncFn(Priority) -> Vec<Name>) {
    for priority in Priority::ALL {
        let sent = jobs.iter().filter(|job| job.priority == priority);
        let sent = sent.map(|job| (job.tenant.clone(), job.request_id, job.trace));
        let sent: HashSet<_> = sent.collect();
        let mut arrived = HashSet::new();
        for _ in 0..MOST_RECEIPTS {
            if arrived.len() == sent.len() {
                break;
            }
            arrived.extend(receive(priority).await);
        }
        assert_eq!(arrived, sent, "{priority:?}");
    }
}

/// A task that runs again is sent again: the queue does not drop it as known.
pub async fn a_task_can_be_sent_again(
    queue: &dyn TaskQueue,
    tenant: &TenantId,
    receive: &impl AsyncFn(Priority) -> Vec<Name>,
) {
    let job = job(tenant, Priority::Normal);
    let name = (job.tenant.clone(), job.request_id, job.trace);
    for _ in 0..2 {
        queue.send(&job).await.unwrap();
        let mut arrived = false;
        for _ in 0..MOST_RECEIPTS {
            arrived = arrived || receive(Priority::Normal).await.contains(&name);
            if arrived {
                break;
            }
        }
        assert!(arrived, "the task did not arrive");
    }
}
