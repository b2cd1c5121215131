//! `PostgreSQL` on RDS, where its address is not known here: what CloudWatch has measured from outside.

use aws_call::{CallError, Caller, Service};

use super::postgres::AREA;
use super::{Bounds, Row, State};
use crate::metrics::{self, Query, Span};
use crate::site::Site;
use crate::{size, xml};

const KIND: &str = "AWS::RDS::DBInstance";
const VERSION: &str = "2014-10-31";
const MINUTES: i64 = 15;
const PERIOD: u32 = 60;
const GIB: f64 = 1_073_741_824.0;

/// Of the storage that was allocated, used. A full disk stops every write, and growing one takes hours to settle.
const STORAGE: Bounds = Bounds {
    warn: 0.8,
    fail: 0.95,
};
/// In seconds, as for any other standby.
const LAG: Bounds = Bounds {
    warn: 10.0,
    fail: 60.0,
};
/// In percent, as the mean of a quarter of an hour.
const CPU: Bounds = Bounds {
    warn: 75.0,
    fail: 95.0,
};

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let why =
        "DATABASE_URL is not set here; the row `health` of `api` says what the functions find";
    let reachable = Row::not_applicable(AREA, "reachable", why);
    let mut rows = vec![reachable];
    let Ok((caller, stack)) = site.described() else {
        return rows;
    };
    for instance in stack.of_kind(KIND) {
        match ask(caller, &instance.physical, site.last_minutes(MINUTES)).await {
            Ok(facts) => rows.extend(judge(&facts)),
            Err(error) => rows.push(Row::fail(AREA, "instance", domain::causes(&error))),
        }
    }
    rows
}

/// What is known of an instance.
#[derive(Debug, Clone, Default, PartialEq)]
struct Facts {
    status: String,
    allocated_bytes: Option<f64>,
    free_bytes: Option<f64>,
    connections: Option<f64>,
    lag: Option<f64>,
    cpu: Option<f64>,
}

async fn ask(caller: &Caller, instance: &str, span: Span) -> Result<Facts, CallError> {
    let query = |metric, stat| Query {
        namespace: "AWS/RDS",
        metric,
        dimensions: vec![("DBInstanceIdentifier", instance.to_owned())],
        stat,
    };
    let queries = [
        query("FreeStorageSpace", "Minimum"),
        query("DatabaseConnections", "Maximum"),
        query("ReplicaLag", "Maximum"),
        query("CPUUtilization", "Average"),
    ];
    let named = [("DBInstanceIdentifier", instance)];
    let described = caller.query(Service::RDS, VERSION, "DescribeDBInstances", &named);
    let measured = metrics::figures(caller, &queries, span, PERIOD);
    let (described, measured) = futures::try_join!(described, measured)?;
    let last = |n: usize| measured.get(n)?.last().copied();
    let gib = xml::first(&described, "AllocatedStorage");
    Ok(Facts {
        status: xml::first(&described, "DBInstanceStatus").unwrap_or_default(),
        allocated_bytes: gib.and_then(|gib| Some(gib.parse::<f64>().ok()? * GIB)),
        free_bytes: last(0),
        connections: last(1),
        lag: last(2),
        cpu: last(3),
    })
}

fn judge(facts: &Facts) -> Vec<Row> {
    let available = facts.status == "available";
    let state = if available { State::Ok } else { State::Fail };
    let unmeasured =
        |item| Row::not_applicable(AREA, item, format!("nothing measured in {MINUTES} min"));
    vec![
        Row::new(AREA, "instance", state, facts.status.as_str())
            .advise("RDS changes or repairs it: its events say what and until when"),
        match facts.connections {
            Some(count) => Row::new(AREA, "connections", State::Ok, format!("{count}"))
                .with("connections", count),
            None => unmeasured("connections"),
        },
        match facts.lag {
            Some(lag) => Row::new(
                AREA,
                "replication lag",
                LAG.judge(lag),
                format!("{lag:.1} s behind"),
            )
            .advise("the standby is too small; a failover now would lose what it lacks"),
            None => unmeasured("replication lag"),
        },
        storage(facts).unwrap_or_else(|| unmeasured("storage")),
        match facts.cpu {
            Some(cpu) => Row::new(AREA, "processor", CPU.judge(cpu), format!("{cpu:.0} %"))
                .advise("look at Performance Insights for the statements that take it"),
            None => unmeasured("processor"),
        },
    ]
}

fn storage(facts: &Facts) -> Option<Row> {
    let (allocated, free) = facts.allocated_bytes.zip(facts.free_bytes)?;
    let used = (allocated - free).max(0.0);
    #[expect(clippy::cast_possible_truncation, reason = "three digits are shown")]
    let shown = |bytes: f64| size::of(bytes as i64);
    let figure = format!("{} of {} in use", shown(used), shown(allocated));
    let row = Row::new(
        AREA,
        "storage",
        STORAGE.judge(used / allocated.max(1.0)),
        figure,
    );
    let row =
        row.advise("raise the instance's storage before it is full: a full disk stops every write");
    Some(row.with("bytes", used))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_judged_before_it_is_full() {
        let state = |free: f64| {
            let facts = Facts {
                allocated_bytes: Some(20.0 * GIB),
                free_bytes: Some(free * GIB),
                ..Facts::default()
            };
            storage(&facts).unwrap().state
        };
        assert_eq!(
            [5.0, 4.0, 0.5].map(state),
            [State::Ok, State::Warn, State::Fail]
        );
        assert_eq!(storage(&Facts::default()), None);
    }

    #[test]
    fn an_instance_that_is_not_available_fails() {
        let facts = Facts {
            status: "storage-full".into(),
            cpu: Some(80.0),
            ..Facts::default()
        };
        let states: Vec<_> = judge(&facts).iter().map(|row| row.state).collect();
        let none = State::NotApplicable;
        assert_eq!(states, [State::Fail, none, none, none, State::Warn]);
    }
}
