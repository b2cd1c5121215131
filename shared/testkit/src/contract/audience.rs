//! The contract of [`Audience`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use std::collections::BTreeSet;

use domain::broadcast::{SHARDS, Shard};
use domain::connection::LIFETIME;
use domain::ports::{Audience, AudienceQuery, ConnectionStore};
use domain::{Connection, ConnectionId, TenantId};
use futures::future::join_all;
use time::{Duration, OffsetDateTime};

use super::beside;
use crate::build::{self, NOW};

/// A store of connections, and the same as an audience.
#[derive(Clone, Copy)]
pub struct Hall<'a> {
    /// Where connections come and go.
    pub store: &'a dyn ConnectionStore,
    /// Who is there.
    pub audience: &'a dyn Audience,
}

/// The whole contract. Other tests may use the store at the same time.
pub async fn all(hall: Hall<'_>, tenant: &TenantId) {
    everybody_is_in_exactly_one_shard(hall, tenant).await;
    pages_of_any_size_give_the_same(hall, tenant).await;
    one_tenant_can_be_told_apart(hall, tenant).await;
    who_has_left_is_not_listed(hall, tenant).await;
    who_is_too_old_is_not_listed(hall, tenant).await;
    pages_go_on_while_people_leave(hall, tenant).await;
}

impl Hall<'_> {
    async fn enter(&self, tenant: &TenantId, count: usize) -> BTreeSet<ConnectionId> {
        let identity = build::identity(tenant);
        let connections: Vec<Connection> =
            (0..count).map(|_| build::connection(&identity)).collect();
        for outcome in join_all(connections.iter().map(|one| self.store.register(one))).await {
            outcome.unwrap();
        }
        connections.into_iter().map(|one| one.id).collect()
    }

    async fn listed(&self, query: AudienceQuery) -> Vec<ConnectionId> {
        let mut query = query;
        let mut listed = vec![];
        loop {
            let page = self.audience.page(&query).await.unwrap();
            assert!(page.items.len() <= query.limit);
            listed.extend(page.items);
            match page.next {
                Some(next) => query.after = Some(next),
                None => return listed,
            }
        }
    }

    async fn everybody(&self, tenant: Option<&TenantId>, now: OffsetDateTime) -> Vec<ConnectionId> {
        let shards = Shard::all().map(|shard| self.listed(query(shard, tenant, 100, now)));
        join_all(shards).await.into_iter().flatten().collect()
    }
}

fn query(
    shard: Shard,
    tenant: Option<&TenantId>,
    limit: usize,
    now: OffsetDateTime,
) -> AudienceQuery {
    AudienceQuery {
        shard,
        tenant: tenant.cloned(),
        after: None,
        limit,
        now,
    }
}

/// Its own, and whatever shards there are beyond are empty.
pub async fn everybody_is_in_exactly_one_shard(hall: Hall<'_>, tenant: &TenantId) {
    let here = hall.enter(&beside(tenant, "shards"), 40).await;
    for shard in Shard::all() {
        let listed = hall.listed(query(shard, None, 100, NOW)).await;
        let ours: BTreeSet<_> = listed.into_iter().filter(|id| here.contains(id)).collect();
        let expected = here.iter().filter(|id| Shard::of(id) == shard);
        assert_eq!(ours, expected.cloned().collect());
    }
    let beyond = query(Shard::numbered(SHARDS), None, 100, NOW);
    assert_eq!(hall.listed(beyond).await, []);
}

/// Each connection once, however many a page holds.
pub async fn pages_of_any_size_give_the_same(hall: Hall<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "pages");
    let here = hall.enter(&tenant, 40).await;
    for limit in [1, 3, 1_000] {
        let mut listed = vec![];
        for shard in Shard::all() {
            listed.extend(hall.listed(query(shard, Some(&tenant), limit, NOW)).await);
        }
        assert_eq!(listed.len(), here.len(), "pages of {limit}");
        assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), here);
    }
}

/// Without a tenant all are listed, with one only its own.
pub async fn one_tenant_can_be_told_apart(hall: Hall<'_>, tenant: &TenantId) {
    let (ours, theirs) = (beside(tenant, "ours"), beside(tenant, "theirs"));
    let (we, they) = (hall.enter(&ours, 10).await, hall.enter(&theirs, 10).await);
    let all: BTreeSet<_> = hall.everybody(None, NOW).await.into_iter().collect();
    assert!(all.is_superset(&we) && all.is_superset(&they));
    let listed = hall.everybody(Some(&ours), NOW).await;
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), we);
}

/// From the moment it is removed.
pub async fn who_has_left_is_not_listed(hall: Hall<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "left");
    let mut here = hall.enter(&tenant, 10).await;
    let gone = here.pop_first().unwrap();
    hall.store.remove(&gone).await.unwrap();
    let listed = hall.everybody(Some(&tenant), NOW).await;
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), here);
}

/// Though the store may still hold it.
pub async fn who_is_too_old_is_not_listed(hall: Hall<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "old");
    let here = hall.enter(&tenant, 3).await;
    let end = NOW + LIFETIME;
    let before = hall.everybody(Some(&tenant), end - Duration::SECOND).await;
    assert_eq!(before.len(), here.len());
    assert_eq!(hall.everybody(Some(&tenant), end).await, []);
}

/// The connection at which a page ended may have left by the time of the next one.
pub async fn pages_go_on_while_people_leave(hall: Hall<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "leaving");
    let here = hall.enter(&tenant, 60).await;
    let mut met = BTreeSet::new();
    for shard in Shard::all() {
        let mut query = query(shard, Some(&tenant), 2, NOW);
        loop {
            let page = hall.audience.page(&query).await.unwrap();
            for id in &page.items {
                hall.store.remove(id).await.unwrap();
            }
            met.extend(page.items);
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    assert_eq!(met, here);
}
