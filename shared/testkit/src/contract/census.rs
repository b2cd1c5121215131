//! The contract of [`Census`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::broadcast::Shard;
use domain::ports::{Census, ConnectionStore, Present};
use domain::{Connection, TenantId, UserId};
use time::Duration;

use super::beside;
use crate::build;

/// A store of connections, and the same as a census.
pub trait Counted: Census + ConnectionStore {}
impl<T: Census + ConnectionStore> Counted for T {}

/// The whole contract. Other tests may use the store at the same time.
pub async fn all(counted: &dyn Counted, tenant: &TenantId) {
    everybody_is_counted_once_until_they_are_removed(counted, tenant).await;
}

/// Stale ones too.
pub async fn everybody_is_counted_once_until_they_are_removed(
    counted: &dyn Counted,
    tenant: &TenantId,
) {
    let other = beside(tenant, "other");
    let mut connections = Vec::new();
    for tenant in [tenant, tenant, &other] {
        let connection = build::connection(&build::identity(tenant));
        counted.register(&connection).await.unwrap();
        connections.push(connection);
    }
    let fresh = build::connection(&build::identity(tenant));
    let stale = Connection {
        connected_at: fresh.connected_at - Duration::days(1),
        ..fresh
    };
    counted.register(&stale).await.unwrap();
    connections.push(stale);
    assert_eq!(
        found(counted, &[tenant, &other]).await,
        expected(&connections)
    );
    let left = connections.remove(0);
    counted.remove(&left.id).await.unwrap();
    assert_eq!(
        found(counted, &[tenant, &other]).await,
        expected(&connections)
    );
}

async fn found(
    counted: &dyn Counted,
    tenants: &[&TenantId],
) -> Vec<(TenantId, Option<UserId>, i64)> {
    let mut found = Vec::new();
    for shard in Shard::all() {
        let mut after = None;
        loop {
            let page = counted.page(shard, after.as_ref()).await.unwrap();
            found.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    let ours = found
        .into_iter()
        .filter(|present| tenants.contains(&&present.tenant));
    sorted(ours)
}

fn expected(connections: &[Connection]) -> Vec<(TenantId, Option<UserId>, i64)> {
    sorted(connections.iter().map(|connection| Present {
        tenant: connection.identity.tenant.clone(),
        user: Some(connection.identity.user.clone()),
        expires_at: connection.expires_at(),
    }))
}

fn sorted(present: impl Iterator<Item = Present>) -> Vec<(TenantId, Option<UserId>, i64)> {
    let known = present.map(|one| (one.tenant, one.user, one.expires_at.unix_timestamp()));
    let mut known: Vec<_> = known.collect();
    known.sort();
    known
}
