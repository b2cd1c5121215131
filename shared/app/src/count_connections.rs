//! Counts who is connected, by the shards of broadcasts.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::broadcast::Shard;
use domain::ports::{Census, Clock, PortError};
use domain::{TenantId, UserId};
use futures::future::try_join_all;

/// Pages of a shard that are read at most, of a megabyte each: some 4,000 connections.
const MOST_PAGES: usize = 5;

/// Counts who is connected.
#[derive(Clone)]
pub struct CountConnections {
    /// Who is stored.
    pub census: Arc<dyn Census>,
    /// Who is stale.
    pub clock: Arc<dyn Clock>,
}

/// Who is connected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connected {
    /// Open and stale connections of each shard.
    pub shards: BTreeMap<Shard, Tally>,
    /// Open connections of each tenant's users; those of nobody were registered by an earlier
    /// release.
    pub tenants: BTreeMap<TenantId, BTreeMap<Option<UserId>, u64>>,
    /// Whether a shard has more than was read of it.
    pub truncated: bool,
}

/// How many connections there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Connections that may be open.
    pub open: u64,
    /// Connections that are stored past their longest life.
    pub stale: u64,
}

impl Connected {
    /// All shards together.
    pub fn total(&self) -> Tally {
        self.shards
            .values()
            .fold(Tally::default(), |sum, one| Tally {
                open: sum.open + one.open,
                stale: sum.stale + one.stale,
            })
    }
}

impl CountConnections {
    /// Reads all shards side by side.
    pub async fn run(&self) -> Result<Connected, PortError> {
        let shards = try_join_all(Shard::all().map(|shard| self.shard(shard))).await?;
        let mut all = Connected::default();
        for one in shards {
            all.shards.extend(one.shards);
            all.truncated |= one.truncated;
            for (tenant, users) in one.tenants {
                let known = all.tenants.entry(tenant).or_default();
                for (user, open) in users {
                    *known.entry(user).or_default() += open;
                }
            }
        }
        Ok(all)
    }

    async fn shard(&self, shard: Shard) -> Result<Connected, PortError> {
        let now = self.clock.now();
        let (mut counted, mut tally) = (Connected::default(), Tally::default());
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let page = self.census.page(shard, after.as_ref()).await?;
            for one in page.items {
                if one.expires_at <= now {
                    tally.stale += 1;
                    continue;
                }
                tally.open += 1;
                let users = counted.tenants.entry(one.tenant).or_default();
                *users.entry(one.user).or_default() += 1;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        counted.truncated = after.is_some();
        counted.shards.insert(shard, tally);
        Ok(counted)
    }
}

#[cfg(test)]
mod tests {
    use domain::broadcast::SHARDS;
    use domain::connection::LIFETIME;
    use domain::ports::ConnectionStore as _;
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryConnections};
    use time::Duration;

    use super::*;

    #[tokio::test]
    async fn everybody_is_counted_once_by_shard_and_by_user() {
        let faults = Faults::default();
        let connections = Arc::new(MemoryConnections::new(&faults));
        let clock = Arc::new(FixedClock::at(NOW));
        let count = CountConnections {
            census: connections.clone(),
            clock: clock.clone(),
        };
        let nobody = count.run().await.unwrap();
        assert_eq!(nobody.shards.len(), usize::from(SHARDS));
        assert_eq!(nobody.total(), Tally::default());

        let ann = build::identity(&build::tenant());
        let bob = build::identity(&ann.tenant);
        let eve = build::identity(&build::tenant());
        for (identity, times) in [(&ann, 30), (&bob, 5), (&eve, 2)] {
            for _ in 0..times {
                let connection = build::connection(identity);
                connections.register(&connection).await.unwrap();
            }
        }
        let all = count.run().await.unwrap();
        assert_eq!(all.total(), Tally { open: 37, stale: 0 });
        assert!(!all.truncated && all.shards.len() == usize::from(SHARDS));
        let of_ann = &all.tenants[&ann.tenant];
        assert_eq!(of_ann[&Some(ann.user)], 30);
        assert_eq!(of_ann[&Some(bob.user)], 5);
        assert_eq!(all.tenants[&eve.tenant][&Some(eve.user)], 2);

        clock.advance(LIFETIME - Duration::SECOND);
        assert_eq!(count.run().await.unwrap(), all);
        clock.advance(Duration::SECOND);
        let stale = count.run().await.unwrap();
        assert_eq!(stale.total(), Tally { open: 0, stale: 37 });
        assert!(stale.tenants.is_empty());

        faults.on("census.page", 3, Fault::Unavailable);
        count.run().await.unwrap_err();
    }
}
