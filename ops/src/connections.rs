//! `ops connections`: how many are connected, by shard and tenant, and how many rows are stale.

use std::collections::BTreeMap;

use domain::broadcast::Shard;
use domain::operations::Present;
use domain::ports::{Census, PortError};
use futures::future::join_all;
use serde::Serialize;
use time::OffsetDateTime;

use crate::table::{Cell, Look, Shown, Table, Tint};

/// Connections that are read at once: some 200 bytes each, well within the megabyte of one call.
const PAGE: usize = 2_000;

/// A share of stale rows above which the sweep is worth a look: it removes them every minute.
const MUCH: f64 = 0.05;

/// Connections that have something in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Those that may be open.
    pub open: u64,
    /// Rows past the end of their longest life, which the sweep has not removed yet.
    pub stale: u64,
}

impl Count {
    fn add(&mut self, present: &Present, now: OffsetDateTime) {
        if present.expires_at > now {
            self.open += 1;
        } else {
            self.stale += 1;
        }
    }

    /// The share of stale rows, of one.
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    fn stale_share(&self) -> f64 {
        let all = self.open + self.stale;
        if all == 0 {
            0.0
        } else {
            self.stale as f64 / all as f64
        }
    }
}

/// Who is connected.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Connected {
    /// All.
    #[serde(flatten)]
    pub all: Count,
    /// Of one, how many rows are stale.
    pub stale_share: f64,
    /// By shard: a broadcast takes as long as the largest.
    pub shards: BTreeMap<String, Count>,
    /// By tenant.
    pub tenants: BTreeMap<String, Count>,
}

/// Counts them, all shards at once.
///
/// # Errors
///
/// The table does not answer.
pub async fn count(census: &dyn Census, now: OffsetDateTime) -> Result<Connected, PortError> {
    let shards = Shard::all().map(|shard| async move {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = census.present(shard, after.as_ref(), PAGE).await?;
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok::<_, PortError>((shard, all));
            }
        }
    });
    let mut connected = Connected::default();
    for listed in join_all(shards).await {
        let (shard, present) = listed?;
        let of_shard = connected
            .shards
            .entry(shard.number().to_string())
            .or_default();
        for present in &present {
            of_shard.add(present, now);
            let tenant = present.tenant.to_string();
            connected
                .tenants
                .entry(tenant)
                .or_default()
                .add(present, now);
            connected.all.add(present, now);
        }
    }
    connected.stale_share = connected.all.stale_share();
    Ok(connected)
}

impl Shown for Connected {
    fn text(&self, look: Look) -> String {
        let table = |title: &str, counts: &BTreeMap<String, Count>| {
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
    use domain::connection::LIFETIME;
    use domain::ports::ConnectionStore as _;
    use domain::{Connection, ConnectionId, TenantId};
    use testkit::build::{self, NOW};
    use testkit::memory::MemoryConnections;

    use super::*;

    #[tokio::test]
    async fn they_are_counted_by_shard_and_tenant_and_stale_ones_apart() {
        let connections = MemoryConnections::default();
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
        let connected = count(&connections, NOW).await.unwrap();
        assert_eq!(connected.all, Count { open: 16, stale: 4 });
        assert!((connected.stale_share - 0.2).abs() < 1e-9);
        assert_eq!(connected.tenants["acme"], Count { open: 12, stale: 3 });
        let of_shards: u64 = connected.shards.values().map(|count| count.open).sum();
        assert_eq!((connected.shards.len(), of_shards), (8, 16));
        insta::assert_snapshot!(connected.text(Look::PLAIN));
    }
}
