//! The contract of [`Census`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use std::collections::BTreeMap;

use domain::broadcast::Shard;
use domain::connection::LIFETIME;
use domain::operations::Present;
use domain::ports::{Census, ConnectionStore};
use domain::{TenantId, UserId};
use futures::future::join_all;

use super::beside;
use crate::build::{self, NOW};

/// A store of connections, and the same to be counted.
#[derive(Clone, Copy)]
pub struct Counted<'a> {
    /// Where connections come and go.
    pub store: &'a dyn ConnectionStore,
    /// Who is there.
    pub census: &'a dyn Census,
}

/// The whole contract. Other tests may use the store at the same time.
pub async fn all(counted: Counted<'_>, tenant: &TenantId) {
    everybody_is_listed_once_with_their_name(counted, tenant).await;
    who_has_left_is_not_listed(counted, tenant).await;
}

impl Counted<'_> {
    async fn listed(&self, tenant: &TenantId, limit: usize) -> Vec<Present> {
        let mut listed = vec![];
        for shard in Shard::all() {
            let mut after = None;
            loop {
                let page = self.census.present(shard, after.as_ref(), limit).await;
                let page = page.unwrap();
                assert!(page.items.len() <= limit);
                listed.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        listed.retain(|one| &one.tenant == tenant);
        listed
    }
}

/// However many a page holds, stale ones too.
pub async fn everybody_is_listed_once_with_their_name(counted: Counted<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "census");
    let (ann, bob) = (build::identity(&tenant), build::identity(&tenant));
    let mut connections = vec![];
    for (identity, count) in [(&ann, 12), (&bob, 3)] {
        connections.extend((0..count).map(|_| build::connection(identity)));
    }
    for outcome in join_all(connections.iter().map(|one| counted.store.register(one))).await {
        outcome.unwrap();
    }
    for limit in [1, 4, 1_000] {
        let listed = counted.listed(&tenant, limit).await;
        let mut users: BTreeMap<Option<UserId>, usize> = BTreeMap::new();
        for one in &listed {
            assert_eq!(one.expires_at, NOW + LIFETIME);
            *users.entry(one.user.clone()).or_default() += 1;
        }
        let expected = [(Some(ann.user.clone()), 12), (Some(bob.user.clone()), 3)];
        assert_eq!(users, BTreeMap::from(expected), "pages of {limit}");
    }
}

/// From the moment it is removed, or a moment later.
pub async fn who_has_left_is_not_listed(counted: Counted<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "census-left");
    let connection = build::connection(&build::identity(&tenant));
    counted.store.register(&connection).await.unwrap();
    assert_eq!(counted.listed(&tenant, 100).await.len(), 1);
    counted.store.remove(&connection.id).await.unwrap();
    assert_eq!(counted.listed(&tenant, 100).await, []);
}
