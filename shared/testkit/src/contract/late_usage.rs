//! The contract of [`LateUsage`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use std::time::Duration;

use domain::ports::{LateUsage, TaskIndex, TaskQuery, TaskStore};
use domain::{RequestId, TenantId, Usage};
use futures::future::join_all;
use serde_json::json;

use super::beside;
use crate::build;

/// What is under test: the additions, and the tasks beside which they are kept.
pub trait Kept: LateUsage + TaskStore + TaskIndex {}
impl<T: LateUsage + TaskStore + TaskIndex> Kept for T {}

/// The whole contract.
pub async fn all(kept: &dyn Kept, tenant: &TenantId) {
    what_was_never_added_is_nothing(kept, tenant).await;
    additions_add_up_figure_by_figure(kept, tenant).await;
    additions_at_once_are_each_counted(kept, tenant).await;
    each_task_and_tenant_has_its_own(kept, tenant).await;
    tasks_and_their_lists_know_nothing_of_it(kept, &beside(tenant, "listed")).await;
}

fn messages(count: u64) -> Usage {
    Usage {
        websocket_messages: count,
        write_units: 1,
        ..Usage::NONE
    }
}

/// The total, as soon as it is this: it may be a moment old.
async fn becomes(kept: &dyn Kept, tenant: &TenantId, id: RequestId, expected: Usage) {
    let mut total = Usage::NONE;
    for _ in 0..20 {
        total = kept.total(tenant, id).await.unwrap();
        if total == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(total, expected);
}

/// No addition, no usage.
pub async fn what_was_never_added_is_nothing(kept: &dyn Kept, tenant: &TenantId) {
    let id = build::request_id();
    assert_eq!(kept.total(tenant, id).await.unwrap(), Usage::NONE);
    kept.add(tenant, id, Usage::NONE).await.unwrap();
    assert_eq!(kept.total(tenant, id).await.unwrap(), Usage::NONE);
}

/// Other figures leave those that are there.
pub async fn additions_add_up_figure_by_figure(kept: &dyn Kept, tenant: &TenantId) {
    let id = build::request_id();
    let attempt = Usage {
        s3_bytes: 1 << 60,
        ..Usage::lambda(1_234_567, 512)
    };
    for usage in [messages(3), attempt, messages(4)] {
        kept.add(tenant, id, usage).await.unwrap();
    }
    becomes(
        kept,
        tenant,
        id,
        messages(7)
            + attempt
            + Usage {
                write_units: 1,
                ..Usage::NONE
            },
    )
    .await;
}

/// Of many at once none is lost.
pub async fn additions_at_once_are_each_counted(kept: &dyn Kept, tenant: &TenantId) {
    let id = build::request_id();
    let added = join_all((0..20).map(|n| kept.add(tenant, id, messages(n)))).await;
    assert!(added.iter().all(Result::is_ok), "{added:?}");
    let expected = (0..20).map(messages).sum();
    becomes(kept, tenant, id, expected).await;
}

/// Namesakes of another tenant, and the tenant's other tasks, are not touched.
pub async fn each_task_and_tenant_has_its_own(kept: &dyn Kept, tenant: &TenantId) {
    let (id, other) = (build::request_id(), beside(tenant, "other"));
    kept.add(tenant, id, messages(1)).await.unwrap();
    becomes(kept, tenant, id, messages(1)).await;
    assert_eq!(kept.total(&other, id).await.unwrap(), Usage::NONE);
    let beside = kept.total(tenant, build::request_id()).await.unwrap();
    assert_eq!(beside, Usage::NONE);
}

/// A task is the same before and after, and no list shows more than tasks.
pub async fn tasks_and_their_lists_know_nothing_of_it(kept: &dyn Kept, tenant: &TenantId) {
    let task = build::task(tenant, "aggregate", json!({}));
    kept.create(&task).await.unwrap();
    kept.add(tenant, task.request_id, messages(9))
        .await
        .unwrap();
    let loaded = kept.load(tenant, task.request_id).await.unwrap();
    assert_eq!(loaded, Some(task.clone()));
    let query = TaskQuery {
        tenant: tenant.clone(),
        status: None,
        kind: None,
        tag: None,
        since: None,
        before: None,
        limit: 10,
    };
    let page = kept.list(&query).await.unwrap();
    let listed: Vec<_> = page.items.iter().map(|task| task.request_id).collect();
    assert_eq!(listed, [task.request_id]);
}
