//! The contract of [`ResultStore`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::TenantId;
use domain::ports::{ResultLink, ResultStore};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::beside;
use crate::build;

const LIFETIME: Duration = Duration::minutes(5);

/// Links start at `now`: the present moment where a server checks them.
///
/// `read` follows a link as its holder would, without any credentials.
pub async fn all(
    store: &dyn ResultStore,
    tenant: &TenantId,
    now: OffsetDateTime,
    read: impl AsyncFn(&ResultLink) -> Value,
) {
    a_key_starts_with_its_tenant(store, tenant).await;
    a_link_leads_to_its_result(store, tenant, now, &read).await;
    an_attempt_has_one_result(store, tenant, now, &read).await;
    attempts_and_tasks_do_not_share_results(store, tenant, now, &read).await;
}

async fn read_back(
    store: &dyn ResultStore,
    key: &str,
    now: OffsetDateTime,
    read: &impl AsyncFn(&ResultLink) -> Value,
) -> Value {
    let link = store.link(key, now, LIFETIME).await.unwrap();
    assert_eq!(link.expires_at, now + LIFETIME);
    read(&link).await
}

/// Keys of a tenant lie in the tenant's own folder.
pub async fn a_key_starts_with_its_tenant(store: &dyn ResultStore, tenant: &TenantId) {
    let id = build::request_id();
    for tenant in [tenant.clone(), beside(tenant, "other")] {
        let key = store.put(&tenant, id, 1, &json!(1)).await.unwrap();
        assert!(key.starts_with(&format!("{tenant}/")), "{key}");
    }
}

/// What was put is what the link's holder reads, megabytes included.
pub async fn a_link_leads_to_its_result(
    store: &dyn ResultStore,
    tenant: &TenantId,
    now: OffsetDateTime,
    read: &impl AsyncFn(&ResultLink) -> Value,
) {
    let rows: Vec<_> = (0..50_000)
        .map(|n| json!({"path": format!("/größe/{n}"), "p95": 0.1}))
        .collect();
    for result in [Value::Null, json!({}), json!({ "rows": rows })] {
        let id = build::request_id();
        let key = store.put(tenant, id, 1, &result).await.unwrap();
        let seen = read_back(store, &key, now, read).await;
        assert!(seen == result, "the result differs");
        let got = store.get(&key).await.unwrap();
        assert!(
            got == Some(result),
            "the result that we read ourselves differs"
        );
    }
    let missing = format!("{tenant}/results/{}/1.json", build::request_id());
    assert_eq!(store.get(&missing).await.unwrap(), None);
}

/// Putting again for the same attempt gives the same key and replaces the result.
pub async fn an_attempt_has_one_result(
    store: &dyn ResultStore,
    tenant: &TenantId,
    now: OffsetDateTime,
    read: &impl AsyncFn(&ResultLink) -> Value,
) {
    let id = build::request_id();
    let first = store.put(tenant, id, 1, &json!(1)).await.unwrap();
    let again = store.put(tenant, id, 1, &json!(2)).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(read_back(store, &first, now, read).await, json!(2));
}

/// Another attempt, task or tenant has its own result.
pub async fn attempts_and_tasks_do_not_share_results(
    store: &dyn ResultStore,
    tenant: &TenantId,
    now: OffsetDateTime,
    read: &impl AsyncFn(&ResultLink) -> Value,
) {
    let (id, other) = (build::request_id(), beside(tenant, "other"));
    let places = [
        (tenant, id, 1),
        (tenant, id, 2),
        (tenant, build::request_id(), 1),
        (&other, id, 1),
    ];
    let mut keys = vec![];
    for (n, (tenant, id, attempt)) in places.into_iter().enumerate() {
        keys.push(store.put(tenant, id, attempt, &json!(n)).await.unwrap());
    }
    for (n, key) in keys.iter().enumerate() {
        assert_eq!(read_back(store, key, now, read).await, json!(n));
    }
}
