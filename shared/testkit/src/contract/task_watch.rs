//! The contract of [`TaskWatch`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::TenantId;
use domain::ports::{TaskStore, TaskWatch};
use serde_json::json;
use time::Duration;

use crate::build::{self, NOW};

/// Where tasks are stored and where they are watched.
#[derive(Clone, Copy)]
pub struct Watched<'a> {
    /// Takes the tasks.
    pub store: &'a dyn TaskStore,
    /// Tells who holds them.
    pub watch: &'a dyn TaskWatch,
}

/// The whole contract.
pub async fn all(watched: Watched<'_>, tenant: &TenantId) {
    the_holder_is_told_as_soon_as_it_changes(watched, tenant).await;
    what_is_not_there_has_no_holder(watched, tenant).await;
}

/// From nobody to a worker, to the next one, and back to nobody; a renewal changes nothing.
pub async fn the_holder_is_told_as_soon_as_it_changes(watched: Watched<'_>, tenant: &TenantId) {
    let Watched { store, watch } = watched;
    let mut task = build::task(tenant, "aggregate", json!({}));
    let id = task.request_id;
    store.create(&task).await.unwrap();
    assert_eq!(watch.holder(tenant, id).await.unwrap(), None);
    let (first, second) = (build::lease_token(), build::lease_token());
    let later = NOW + Duration::MINUTE;
    for (token, at) in [(first, NOW), (second, later)] {
        let version = task.version;
        task.claim(token, at, Duration::MINUTE).unwrap();
        store.replace(&task, version).await.unwrap();
        assert_eq!(watch.holder(tenant, id).await.unwrap(), Some(token));
    }
    let until = later + Duration::HOUR;
    store
        .renew(tenant, id, second, until, &domain::Usage::NONE)
        .await
        .unwrap();
    assert_eq!(watch.holder(tenant, id).await.unwrap(), Some(second));
    let version = task.version;
    task.cancel(later).unwrap();
    store.replace(&task, version).await.unwrap();
    assert_eq!(watch.holder(tenant, id).await.unwrap(), None);
}

/// Nor does another tenant's task.
pub async fn what_is_not_there_has_no_holder(watched: Watched<'_>, tenant: &TenantId) {
    let Watched { store, watch } = watched;
    let other = super::beside(tenant, "watched");
    let mut task = build::task(&other, "aggregate", json!({}));
    task.claim(build::lease_token(), NOW, Duration::MINUTE)
        .unwrap();
    store.create(&task).await.unwrap();
    let found = watch.holder(tenant, task.request_id).await.unwrap();
    assert_eq!(found, None);
}
