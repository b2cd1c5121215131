//! `MongoDB`: whether it answers and has a primary, and how much room it has.

use stores::mongo::{Vitals, vitals};

use super::{Bounds, Row, State};
use crate::site::Site;
use crate::{reach, size};

const AREA: &str = "mongodb";
const PORT: u16 = 27017;

/// Of the connections it lets in. Past 70 % a burst of functions, with up to eight connections each, finds none.
const CONNECTIONS: Bounds = Bounds {
    warn: 0.7,
    fail: 0.9,
};
/// In seconds. A member that is further behind becomes a poor primary; far behind it has to copy everything again.
const LAG: Bounds = Bounds {
    warn: 10.0,
    fail: 60.0,
};
const RIGHTS: &str =
    "not told: this user lacks the role clusterMonitor, or the server has no such figure";

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let Some(uri) = site.deployment.get("MONGODB_URI") else {
        let why =
            "MONGODB_URI is not set here; the row `health` of `api` says what the functions find";
        return vec![Row::not_applicable(AREA, "reachable", why)];
    };
    if let Err(blocked) = reach::way(uri, PORT).await {
        let row = Row::fail(AREA, "reachable", domain::causes(&blocked));
        return vec![
            row.advise("start it, or correct MONGODB_URI; `make up` starts the local one"),
        ];
    }
    match vitals(uri).await {
        Ok(vitals) => judge(&vitals),
        Err(error) => {
            let words = domain::causes(&error);
            let advice = reach::advice(&words);
            vec![Row::fail(AREA, "reachable", words).advise(advice)]
        }
    }
}

fn judge(vitals: &Vitals) -> Vec<Row> {
    let version = vitals.version.as_deref().unwrap_or("not told");
    let set = vitals.set.as_deref().unwrap_or("no replica set");
    let primary = if vitals.primary {
        State::Ok
    } else {
        State::Fail
    };
    let mut rows = vec![
        Row::new(AREA, "reachable", State::Ok, format!("version {version}")),
        Row::new(AREA, "primary", primary, set)
            .advise("no member takes writes: an election goes on, or the majority is away"),
        connections(vitals),
        lag(vitals),
    ];
    #[expect(clippy::cast_precision_loss, reason = "a size far below 2^53")]
    rows.push(match vitals.bytes {
        Some(bytes) => Row::new(
            AREA,
            "storage",
            State::Ok,
            format!("{} in use", size::of(bytes)),
        )
        .with("bytes", bytes as f64),
        None => Row::not_applicable(AREA, "storage", RIGHTS),
    });
    rows
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn connections(vitals: &Vitals) -> Row {
    let item = "connections";
    let Some((used, free)) = vitals.connections.zip(vitals.available) else {
        return Row::not_applicable(AREA, item, RIGHTS);
    };
    let most = used + free;
    let state = CONNECTIONS.judge(used as f64 / most.max(1) as f64);
    Row::new(AREA, item, state, format!("{used} of {most}"))
        .advise("lower WorkerConcurrency, or take a larger tier")
        .with("connections", used as f64)
        .with("most_connections", most as f64)
}

fn lag(vitals: &Vitals) -> Row {
    let item = "replication lag";
    match (vitals.lag, vitals.secondaries) {
        (Some(lag), Some(count)) => Row::new(
            AREA,
            item,
            LAG.judge(lag),
            format!("slowest of {count} {lag:.1} s behind"),
        )
        .advise("a member is too small or too far: rs.printSecondaryReplicationInfo() names it")
        .with("lag_s", lag),
        (_, Some(0)) => Row::not_applicable(AREA, item, "no member follows the primary"),
        _ => Row::not_applicable(AREA, item, RIGHTS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vitals() -> Vitals {
        Vitals {
            version: Some("8.0.1".into()),
            primary: true,
            set: Some("rs0".into()),
            connections: Some(100),
            available: Some(900),
            secondaries: Some(2),
            lag: Some(0.5),
            bytes: Some(1),
        }
    }

    fn states(vitals: &Vitals) -> Vec<State> {
        judge(vitals).iter().map(|row| row.state).collect()
    }

    #[test]
    fn without_a_primary_nothing_is_written() {
        assert!(states(&vitals()).iter().all(|state| *state == State::Ok));
        let lost = Vitals {
            primary: false,
            ..vitals()
        };
        assert_eq!(states(&lost)[1], State::Fail);
    }

    #[test]
    fn connections_and_lag_have_bounds() {
        let busy = Vitals {
            connections: Some(700),
            available: Some(300),
            lag: Some(61.0),
            ..vitals()
        };
        assert_eq!(states(&busy)[2..4], [State::Warn, State::Fail]);
    }

    #[test]
    fn what_is_not_told_is_not_left_out() {
        let shy = Vitals {
            connections: None,
            secondaries: None,
            lag: None,
            bytes: None,
            ..vitals()
        };
        assert_eq!(states(&shy)[2..], [State::NotApplicable; 3]);
        let alone = Vitals {
            secondaries: Some(0),
            lag: None,
            ..vitals()
        };
        assert!(judge(&alone)[3].figure.contains("no member follows"));
    }
}
