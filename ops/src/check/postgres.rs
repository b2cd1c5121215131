//! `PostgreSQL`: whether it answers, and how much room it has.

use std::path::Path;

use stores::postgres::{Vitals, newest_migration, vitals};

use super::{Bounds, Row, State, rds};
use crate::site::Site;
use crate::{reach, size};

pub(super) const AREA: &str = "postgres";
const PORT: u16 = 5432;

/// Of the connections it lets in. Past 70 % a burst of functions, with up to four connections each, finds none.
const CONNECTIONS: Bounds = Bounds {
    warn: 0.7,
    fail: 0.9,
};
/// In seconds. A failover loses what a standby has not got yet; figures of a minute ago are wrong figures.
const LAG: Bounds = Bounds {
    warn: 10.0,
    fail: 60.0,
};
/// In seconds. The functions' own statements give up after four, so a longer one is somebody else's, or an export's.
const SLOWEST: Bounds = Bounds {
    warn: 5.0,
    fail: 60.0,
};

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let Some(url) = site.deployment.get("DATABASE_URL") else {
        return rds::check(site).await;
    };
    if let Err(blocked) = reach::way(url, PORT).await {
        let row = Row::fail(AREA, "reachable", domain::causes(&blocked));
        return vec![
            row.advise("start it, or correct DATABASE_URL; `make up` starts the local one"),
        ];
    }
    let authorities = site.deployment.get("DATABASE_CA_FILE").map(Path::new);
    match vitals(url, authorities).await {
        Ok(vitals) => judge(&vitals),
        Err(error) => {
            let words = domain::causes(&error);
            let advice = reach::advice(&words);
            vec![Row::fail(AREA, "reachable", words).advise(advice)]
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and sizes far below 2^53"
)]
fn judge(vitals: &Vitals) -> Vec<Row> {
    let (used, most) = (vitals.connections as f64, vitals.most_connections as f64);
    vec![
        Row::new(AREA, "reachable", State::Ok, format!("version {}", vitals.version)),
        Row::new(
            AREA,
            "connections",
            CONNECTIONS.judge(used / most.max(1.0)),
            format!("{used} of {most}"),
        )
        .advise("see who holds them in pg_stat_activity; lower WorkerConcurrency, or put a proxy before it")
        .with("connections", used)
        .with("most_connections", most),
        lag(vitals),
        Row::new(AREA, "storage", State::Ok, format!("{} in use", size::of(vitals.bytes)))
            .with("bytes", vitals.bytes as f64),
        Row::new(
            AREA,
            "slow queries",
            SLOWEST.judge(vitals.slowest),
            format!("longest running {:.1} s", vitals.slowest),
        )
        .advise("see it in pg_stat_activity: an index is missing, or it waits for a lock")
        .with("slowest_s", vitals.slowest),
        schema(vitals.migration, newest_migration()),
    ]
}

fn lag(vitals: &Vitals) -> Row {
    let item = "replication lag";
    let Some(lag) = vitals.lag else {
        return Row::not_applicable(AREA, item, "no standby follows this server");
    };
    let who = if vitals.standby {
        "this standby".to_owned()
    } else {
        format!("slowest of {}", vitals.replicas)
    };
    Row::new(
        AREA,
        item,
        LAG.judge(lag),
        format!("{who} {lag:.1} s behind"),
    )
    .advise("the standby is too small, or the way to it; a failover now would lose what it lacks")
    .with("lag_s", lag)
}

/// Functions of this release need its tables; older ones are not hurt by newer tables.
pub(crate) fn schema(applied: Option<i32>, newest: i32) -> Row {
    let item = "schema";
    match applied {
        Some(applied) if applied == newest => Row::new(
            AREA,
            item,
            State::Ok,
            format!("version {applied}, the newest"),
        ),
        Some(applied) if applied > newest => Row::new(
            AREA,
            item,
            State::Warn,
            format!("version {applied}, newer than this tool's {newest}"),
        )
        .advise("use the release of `ops` that is deployed"),
        Some(applied) => Row::fail(AREA, item, format!("version {applied} of {newest}"))
            .advise("run the migrations: `cargo run -p stores --bin migrate`"),
        None => Row::fail(AREA, item, "no migration has run")
            .advise("run the migrations: `cargo run -p stores --bin migrate`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vitals() -> Vitals {
        Vitals {
            version: "18.1".into(),
            connections: 10,
            most_connections: 100,
            standby: false,
            replicas: 0,
            lag: None,
            bytes: 34_000_000,
            slowest: 0.0,
            migration: Some(newest_migration()),
        }
    }

    fn state(vitals: &Vitals, item: &str) -> State {
        let rows = judge(vitals);
        let row = rows.iter().find(|row| row.item == item).unwrap();
        row.state
    }

    #[test]
    fn connections_count_by_what_it_lets_in() {
        let states = [69, 70, 90].map(|connections| {
            let vitals = Vitals {
                connections,
                ..vitals()
            };
            state(&vitals, "connections")
        });
        assert_eq!(states, [State::Ok, State::Warn, State::Fail]);
    }

    #[test]
    fn lag_is_of_standbys() {
        assert_eq!(state(&vitals(), "replication lag"), State::NotApplicable);
        let behind = Vitals {
            replicas: 1,
            lag: Some(11.0),
            ..vitals()
        };
        assert_eq!(state(&behind, "replication lag"), State::Warn);
    }

    #[test]
    fn a_statement_that_outlives_ours_is_slow() {
        let slow = Vitals {
            slowest: 5.5,
            ..vitals()
        };
        assert_eq!(state(&slow, "slow queries"), State::Warn);
    }

    #[test]
    fn functions_need_the_newest_tables() {
        assert_eq!(schema(Some(3), 3).state, State::Ok);
        assert_eq!(schema(Some(4), 3).state, State::Warn);
        assert_eq!(schema(Some(2), 3).state, State::Fail);
        assert_eq!(schema(None, 3).state, State::Fail);
    }
}
