//! The contract of [`StaleConnections`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::connection::LIFETIME;
use domain::ports::{ConnectionStore, StaleConnections};
use domain::{Connection, ConnectionId, TenantId};
use time::{Duration, OffsetDateTime};

use crate::build::{self, NOW};

/// Where connections are stored and where stale ones are found.
#[derive(Clone, Copy)]
pub struct Swept<'a> {
    /// Takes the connections.
    pub store: &'a dyn ConnectionStore,
    /// Finds the stale ones among them.
    pub stale: &'a dyn StaleConnections,
}

/// The whole contract. Nobody else may use the store meanwhile.
pub async fn all(swept: Swept<'_>, tenant: &TenantId) {
    a_connection_is_stale_from_its_end_on(swept, tenant).await;
    a_removed_connection_is_not_found(swept, tenant).await;
    the_longest_ended_come_first(swept, tenant).await;
}

async fn opened(swept: Swept<'_>, tenant: &TenantId, at: OffsetDateTime) -> ConnectionId {
    let connection = Connection {
        connected_at: at,
        ..build::connection(&build::identity(tenant))
    };
    swept.store.register(&connection).await.unwrap();
    connection.id
}

async fn found(swept: Swept<'_>, id: &ConnectionId, now: OffsetDateTime) -> bool {
    swept.stale.stale(now, 100).await.unwrap().contains(id)
}

/// Not a second earlier.
pub async fn a_connection_is_stale_from_its_end_on(swept: Swept<'_>, tenant: &TenantId) {
    let id = opened(swept, tenant, NOW).await;
    let end = NOW + LIFETIME;
    assert!(!found(swept, &id, end - Duration::SECOND).await);
    assert!(found(swept, &id, end).await);
    assert!(found(swept, &id, end + Duration::DAY).await);
}

/// Whoever removes what was found does not find it again.
pub async fn a_removed_connection_is_not_found(swept: Swept<'_>, tenant: &TenantId) {
    let id = opened(swept, tenant, NOW).await;
    swept.store.remove(&id).await.unwrap();
    assert!(!found(swept, &id, NOW + LIFETIME).await);
}

/// And no more of them than asked for.
pub async fn the_longest_ended_come_first(swept: Swept<'_>, tenant: &TenantId) {
    // Before anything that the other parts leave behind.
    let long_ago = NOW - Duration::days(10);
    let mut ids = Vec::new();
    for minutes in [3, 0, 4, 1, 2] {
        let at = long_ago + Duration::minutes(minutes);
        ids.push((minutes, opened(swept, tenant, at).await));
    }
    ids.sort();
    let expected: Vec<_> = ids.into_iter().take(3).map(|(_, id)| id).collect();
    assert_eq!(swept.stale.stale(NOW, 3).await.unwrap(), expected);
    assert_eq!(swept.stale.stale(NOW, 0).await.unwrap(), []);
}
