//! The contract of [`ConnectionStore`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::connection::LIFETIME;
use domain::ids::{ConnectionId, Identity, Scope};
use domain::ports::ConnectionStore;
use domain::{Connection, TenantId, Topic};
use futures::future::join_all;
use time::Duration;

use super::beside;
use crate::build::{self, NOW};

/// The whole contract.
pub async fn all(store: &dyn ConnectionStore, tenant: &TenantId) {
    a_connection_comes_back_as_it_was(store, tenant).await;
    a_connection_listens_to_its_own_topic(store, tenant).await;
    all_pages_of_a_user_listen(store, tenant).await;
    tenants_do_not_hear_each_other(store, tenant).await;
    a_removed_connection_is_forgotten(store, tenant).await;
    removing_at_once_is_fine(store, tenant).await;
    a_connection_ends_with_its_longest_life(store, tenant).await;
}

fn connection(tenant: &TenantId) -> Connection {
    build::connection(&Identity {
        scopes: [Scope::Operator].into(),
        ..build::identity(tenant)
    })
}

async fn registered(store: &dyn ConnectionStore, connection: Connection) -> Connection {
    store.register(&connection).await.unwrap();
    connection
}

async fn listeners(store: &dyn ConnectionStore, topic: &Topic) -> Vec<ConnectionId> {
    let mut listeners = store.listeners(topic, NOW).await.unwrap();
    listeners.sort();
    listeners
}

/// A registered connection is found whole, an unknown one is none.
pub async fn a_connection_comes_back_as_it_was(store: &dyn ConnectionStore, tenant: &TenantId) {
    let connection = Connection {
        connected_at: NOW + Duration::nanoseconds(123_456_789),
        ..connection(tenant)
    };
    let connection = registered(store, connection).await;
    let found = store.find(&connection.id, NOW).await.unwrap();
    assert_eq!(found, Some(connection));
    let unknown = build::connection_id();
    assert_eq!(store.find(&unknown, NOW).await.unwrap(), None);
}

/// From the moment it is registered, and to no other topic.
pub async fn a_connection_listens_to_its_own_topic(store: &dyn ConnectionStore, tenant: &TenantId) {
    let connection = registered(store, connection(tenant)).await;
    let own = connection.own_topic();
    assert_eq!(listeners(store, &own).await, [connection.id]);
    let task = Topic::Task(tenant.clone(), build::request_id());
    assert_eq!(listeners(store, &task).await, []);
    let tag = Topic::Tag(tenant.clone(), "nightly".into());
    assert_eq!(listeners(store, &tag).await, []);
}

/// A user may have many pages open.
pub async fn all_pages_of_a_user_listen(store: &dyn ConnectionStore, tenant: &TenantId) {
    let identity = build::identity(tenant);
    let pages: Vec<_> = (0..30).map(|_| build::connection(&identity)).collect();
    for outcome in join_all(pages.iter().map(|page| store.register(page))).await {
        outcome.unwrap();
    }
    let mut ids: Vec<_> = pages.iter().map(|page| page.id.clone()).collect();
    ids.sort();
    assert_eq!(listeners(store, &pages[0].own_topic()).await, ids);
}

/// Users of one name in two tenants are two users.
pub async fn tenants_do_not_hear_each_other(store: &dyn ConnectionStore, tenant: &TenantId) {
    let ours = registered(store, connection(tenant)).await;
    let namesake = build::connection(&Identity {
        tenant: beside(tenant, "other"),
        ..ours.identity.clone()
    });
    let theirs = registered(store, namesake).await;
    assert_eq!(listeners(store, &ours.own_topic()).await, [ours.id]);
    assert_eq!(listeners(store, &theirs.own_topic()).await, [theirs.id]);
}

/// It is neither found nor a listener, and the user's other pages are left alone. Forgetting it
/// twice, or a connection that never was, is fine.
pub async fn a_removed_connection_is_forgotten(store: &dyn ConnectionStore, tenant: &TenantId) {
    let gone = registered(store, connection(tenant)).await;
    let open = registered(store, build::connection(&gone.identity)).await;
    for _ in 0..2 {
        store.remove(&gone.id).await.unwrap();
        assert_eq!(store.find(&gone.id, NOW).await.unwrap(), None);
        let left = listeners(store, &gone.own_topic()).await;
        assert_eq!(left, std::slice::from_ref(&open.id));
    }
    store.remove(&build::connection_id()).await.unwrap();
    store.remove(&open.id).await.unwrap();
    assert_eq!(listeners(store, &open.own_topic()).await, []);
}

/// A closing page and a failed push remove one connection at the same time.
pub async fn removing_at_once_is_fine(store: &dyn ConnectionStore, tenant: &TenantId) {
    let gone = registered(store, connection(tenant)).await;
    for outcome in join_all((0..10).map(|_| store.remove(&gone.id))).await {
        outcome.unwrap();
    }
    assert_eq!(store.find(&gone.id, NOW).await.unwrap(), None);
    assert_eq!(listeners(store, &gone.own_topic()).await, []);
}

/// Past its longest life a connection counts as gone, though the store may still hold it; it can
/// still be removed.
pub async fn a_connection_ends_with_its_longest_life(
    store: &dyn ConnectionStore,
    tenant: &TenantId,
) {
    let connection = registered(store, connection(tenant)).await;
    let (id, own) = (&connection.id, connection.own_topic());
    let end = NOW + LIFETIME;
    let before = end - Duration::SECOND;
    assert!(store.find(id, before).await.unwrap().is_some());
    let listening = store.listeners(&own, before).await.unwrap();
    assert_eq!(listening, std::slice::from_ref(id));
    assert_eq!(store.find(id, end).await.unwrap(), None);
    assert_eq!(store.listeners(&own, end).await.unwrap(), []);
    store.remove(id).await.unwrap();
    assert_eq!(store.find(id, before).await.unwrap(), None);
}
