//! `ops connections`: how many are connected, by shard and tenant, and how many rows are stale.

use std::collections::BTreeMap;

use app::count_connections::{self, Tally};
use serde::Serialize;

use crate::table::{Cell, Look, Shown, Table, Tint};

/// A share of stale rows above which the sweep is worth a look: it removes them every minute.
const MUCH: f64 = 0.05;

/// Who is connected.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Connected {
    /// All.
    #[serde(flatten)]
    pub all: Tally,
    /// Of one, how many rows are stale.
    pub stale_share: f64,
    /// By shard: a broadcast takes as long as the largest.
    pub shards: BTreeMap<String, Tally>,
    /// By tenant.
    pub tenants: BTreeMap<String, Tally>,
}

impl From<count_connections::Connected> for Connected {
    fn from(counted: count_connections::Connected) -> Self {
        let all = counted.total();
        let shards = counted.shards.into_iter();
        let tenants = counted.tenants.into_iter();
        Self {
            all,
            stale_share: all.stale_share(),
            shards: shards
                .map(|(shard, tally)| (shard.number().to_string(), tally))
                .collect(),
            tenants: tenants
                .map(|(tenant, of_tenant)| (tenant.into(), of_tenant.all))
                .collect(),
        }
    }
}

impl Shown for Connected {
    fn text(&self, look: Look) -> String {
        let table = |title: &str, counts: &BTreeMap<String, Tally>| {
            let mut table = Table::new(&[title, "open", "stale", "share stale"]);
            let mut rows: Vec<_> = counts.iter().collect();
            rows.sort_by_key(|(_, count)| std::cmp::Reverse(count.open));
            let all = (&"all".to_owned(), &self.all);
            for (name, count) in rows.into_iter().chain([all]) {
                let share = count.stale_share();
                let tint = if share > MUCH {
                    Tint::Warning
                } else {
                    Tint::Plain
                };
                table.push([
                    name.as_str().into(),
                    Cell::number(count.open),
                    Cell::number(count.stale),
                    Cell::number(format!("{:.1} %", 100.0 * share)).tinted(tint),
                ]);
            }
            table.draw(look)
        };
        format!(
            "{}\n\n{}",
            table("tenant", &self.tenants),
            table("shard", &self.shards)
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use app::CountConnections;
    use domain::connection::LIFETIME;
    use domain::ports::ConnectionStore as _;
    use domain::{Connection, ConnectionId, TenantId};
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::MemoryConnections;

    use super::*;

    #[tokio::test]
    async fn they_are_counted_by_shard_and_tenant_and_stale_ones_apart() {
        let connections = Arc::new(MemoryConnections::default());
        for n in 0..20 {
            let tenant = TenantId::new(if n < 15 { "acme" } else { "zenith" }).unwrap();
            let age = if n % 5 == 0 { LIFETIME } else { LIFETIME / 2 };
            let connection = Connection {
                id: ConnectionId::new(format!("connection-{n}")).unwrap(),
                connected_at: NOW - age,
                ..build::connection(&build::identity(&tenant))
            };
            connections.register(&connection).await.unwrap();
        }
        let clock = Arc::new(FixedClock::at(NOW));
        let counted = CountConnections::whole(connections, clock).run().await;
        let connected = Connected::from(counted.unwrap());
        assert_eq!(connected.all, Tally { open: 16, stale: 4 });
        assert!((connected.stale_share - 0.2).abs() < 1e-9);
        assert_eq!(connected.tenants["acme"], Tally { open: 12, stale: 3 });
        let of_shards: u64 = connected.shards.values().map(|count| count.open).sum();
        assert_eq!((connected.shards.len(), of_shards), (8, 16));
        insta::assert_snapshot!(connected.text(Look::PLAIN));
    }
}
