//! The contract of [`SpentTasks`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{LateUsage, Spent, SpentTasks, TaskStore};
use domain::{TenantId, Usage};
use serde_json::json;

use super::beside;
use crate::build;

/// What is under test, and the tasks that it is about.
pub trait Kept: SpentTasks + LateUsage + TaskStore {}
impl<T: SpentTasks + LateUsage + TaskStore> Kept for T {}

/// The whole contract.
pub async fn all(kept: &dyn Kept, tenant: &TenantId) {
    tasks_of_all_tenants_are_there_once_with_what_came_later(kept, tenant).await;
}

/// Other tests' tasks may be there too.
pub async fn tasks_of_all_tenants_are_there_once_with_what_came_later(
    kept: &dyn Kept,
    tenant: &TenantId,
) {
    let other = beside(tenant, "other");
    let mut expected = Vec::new();
    for (tenant, kind) in [
        (tenant, "aggregate"),
        (tenant, "export"),
        (&other, "export"),
    ] {
        let mut task = build::task(tenant, kind, json!({}));
        task.usage = Usage::lambda(1_000_000, 512);
        kept.create(&task).await.unwrap();
        let later = Usage {
            websocket_messages: 3,
            ..Usage::NONE
        };
        kept.add(tenant, task.request_id, later).await.unwrap();
        let spent = |task, usage| Spent {
            tenant: tenant.clone(),
            request_id: task,
            task: None,
            usage,
        };
        expected.push(Spent {
            task: Some((kind.into(), task.updated_at)),
            ..spent(task.request_id, task.usage)
        });
        expected.push(spent(task.request_id, later));
    }
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = kept.page(after.as_deref()).await.unwrap();
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    found.retain(|spent| spent.tenant == *tenant || spent.tenant == other);
    assert_eq!(found.len(), expected.len());
    for spent in expected {
        assert!(found.contains(&spent), "{spent:?} is not in {found:?}");
    }
}
