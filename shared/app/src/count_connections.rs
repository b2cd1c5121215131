//! Counts who is connected, by the shards of broadcasts.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::broadcast::Shard;
use domain::ports::{Census, Clock, PortError, Present};
use domain::{TenantId, UserId};
use futures::future::try_join_all;
use serde::Serialize;
use time::OffsetDateTime;

/// Pages of a shard that a quick count reads at most, of a megabyte each: some 4,000 connections.
const FEW_PAGES: usize = 5;

/// Counts who is connected.
#[derive(Clone)]
pub struct CountConnections {
    census: Arc<dyn Census>,
    clock: Arc<dyn Clock>,
    most_pages: usize,
}

/// Who is connected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connected {
    /// The connections of each shard.
    pub shards: BTreeMap<Shard, Tally>,
    /// The connections of each tenant.
    pub tenants: BTreeMap<TenantId, OfTenant>,
    /// Whether a shard has more than was read of it.
    pub truncated: bool,
}

/// The connections of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfTenant {
    /// All of them.
    pub all: Tally,
    /// The open ones of each user; those of nobody were registered by an earlier release.
    pub users: BTreeMap<Option<UserId>, u64>,
}

/// How many connections there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Connections that may be open.
    pub open: u64,
    /// Connections that are stored past their longest life, which the next sweep removes.
    pub stale: u64,
}

impl Tally {
    fn count(&mut self, is_open: bool) {
        if is_open {
            self.open += 1;
        } else {
            self.stale += 1;
        }
    }

    /// The share of stale ones, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "nobody reads the 16th digit")]
    pub fn stale_share(self) -> f64 {
        match self.open + self.stale {
            0 => 0.0,
            all => self.stale as f64 / all as f64,
        }
    }
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

    fn add(&mut self, shard: Shard, present: Present, now: OffsetDateTime) {
        let is_open = present.expires_at > now;
        self.shards.entry(shard).or_default().count(is_open);
        let of_tenant = self.tenants.entry(present.tenant).or_default();
        of_tenant.all.count(is_open);
        if is_open {
            *of_tenant.users.entry(present.user).or_default() += 1;
        }
    }
}

impl CountConnections {
    /// Counts while somebody waits for the answer: what is read has a limit.
    pub fn quick(census: Arc<dyn Census>, clock: Arc<dyn Clock>) -> Self {
        Self {
            census,
            clock,
            most_pages: FEW_PAGES,
        }
    }

    /// Counts all, however long that takes.
    pub fn whole(census: Arc<dyn Census>, clock: Arc<dyn Clock>) -> Self {
        Self {
            most_pages: usize::MAX,
            ..Self::quick(census, clock)
        }
    }

    /// Reads all shards side by side.
    pub async fn run(&self) -> Result<Connected, PortError> {
        let now = self.clock.now();
        let shards = try_join_all(Shard::all().map(|shard| self.shard(shard))).await?;
        let mut connected = Connected::default();
        for (shard, present, all) in shards {
            connected.shards.entry(shard).or_default();
            connected.truncated |= !all;
            for one in present {
                connected.add(shard, one, now);
            }
        }
        Ok(connected)
    }

    /// Who is in a shard, and whether these are all.
    async fn shard(&self, shard: Shard) -> Result<(Shard, Vec<Present>, bool), PortError> {
        let (mut present, mut after) = (vec![], None);
        for _ in 0..self.most_pages {
            let page = self.census.page(shard, after.as_ref()).await?;
            present.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok((shard, present, after.is_none()))
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
        let count = CountConnections::quick(connections.clone(), clock.clone());
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
        assert_eq!(of_ann.all, Tally { open: 35, stale: 0 });
        assert_eq!(of_ann.users[&Some(ann.user)], 30);
        assert_eq!(of_ann.users[&Some(bob.user)], 5);
        assert_eq!(all.tenants[&eve.tenant].users[&Some(eve.user)], 2);

        clock.advance(LIFETIME - Duration::SECOND);
        assert_eq!(count.run().await.unwrap(), all);
        clock.advance(Duration::SECOND);
        let stale = count.run().await.unwrap();
        assert_eq!(stale.total(), Tally { open: 0, stale: 37 });
        let of_eve = &stale.tenants[&eve.tenant];
        assert_eq!(of_eve.all, Tally { open: 0, stale: 2 });
        assert!(of_eve.users.is_empty());
        let share = |open, stale| Tally { open, stale }.stale_share();
        for (open, stale, expected) in [(0, 0, 0.0), (3, 1, 0.25), (0, 2, 1.0)] {
            assert!((share(open, stale) - expected).abs() < 1e-9);
        }

        faults.on("census.page", 3, Fault::Unavailable);
        count.run().await.unwrap_err();
    }
}
