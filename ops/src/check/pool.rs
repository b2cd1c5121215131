//! The pool beside Lambda: how many processes are wanted, run and are well.

use std::sync::Arc;

use aws::dynamo::Heartbeats;
use aws_call::{CallError, Caller, Service};
use domain::pool::Heartbeat;
use domain::ports::{Clock, PoolHeartbeats, PortError};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Row, State};
use crate::site::Site;
use crate::stack::Stack;

const AREA: &str = "pool";
const ITEM: &str = "processes";
const KIND: &str = "AWS::ECS::Service";

/// How many processes there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Facts {
    /// That somebody asked for; none where nobody did.
    desired: Option<u64>,
    /// That ECS runs; none where there is no ECS.
    running: Option<u64>,
    /// That were heard within the last half minute.
    well: u64,
    /// That fell silent within the last minutes, without an orderly end.
    dead: u64,
}

/// The moment at which everything is looked at.
struct At(OffsetDateTime);

impl Clock for At {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}

pub(super) async fn check(site: &Site, expected: Option<u32>) -> Vec<Row> {
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, ITEM, domain::causes(why))],
    };
    let (asked, heard) = futures::future::join(service(caller, stack), heartbeats(site)).await;
    let asked = match asked {
        Ok(asked) => asked,
        Err(error) => return vec![Row::fail(AREA, ITEM, domain::causes(&error))],
    };
    let heard = match heard {
        Ok(heard) => heard,
        Err(error) => return vec![Row::fail(AREA, "heartbeats", domain::causes(&error))],
    };
    let well = heard.iter().filter(|beat| beat.is_alive(site.now)).count();
    let facts = Facts {
        desired: expected.map(u64::from).or(asked.desired),
        well: well as u64,
        dead: (heard.len() - well) as u64,
        ..asked
    };
    vec![judge(&facts)]
}

async fn heartbeats(site: &Site) -> Result<Vec<Heartbeat>, PortError> {
    match (&site.sdk, site.deployment.get("POOL_TABLE")) {
        (Ok(sdk), Some(table)) => {
            let heartbeats = Heartbeats::new(sdk, table, Arc::new(At(site.now)));
            heartbeats.all().await
        }
        // A stack of an earlier release has none.
        _ => Ok(Vec::new()),
    }
}

async fn service(caller: &Caller, stack: &Stack) -> Result<Facts, CallError> {
    let Some(service) = stack.of_kind(KIND).next() else {
        return Ok(Facts::default());
    };
    // arn:aws:ecs:region:account:service/cluster/name
    let cluster = service.physical.rsplit('/').nth(1).unwrap_or("default");
    let body = json!({"cluster": cluster, "services": [service.physical]});
    let answer = caller.json(Service::ECS, "DescribeServices", &body).await?;
    Ok(read(&answer["services"][0]))
}

fn read(service: &Value) -> Facts {
    Facts {
        desired: service["desiredCount"].as_u64(),
        running: service["runningCount"].as_u64(),
        ..Facts::default()
    }
}

/// Never more than worth a look: Lambda takes what the pool leaves.
fn judge(facts: &Facts) -> Row {
    if facts.desired.is_none() && facts.well + facts.dead == 0 {
        let why = "no pool is asked for: Lambda takes all tasks";
        return Row::not_applicable(AREA, ITEM, why);
    }
    let desired = facts.desired.unwrap_or(facts.well);
    let started = facts.running.is_none_or(|running| running >= desired);
    let (state, advice) = match (started, facts.well >= desired, facts.dead) {
        (false, ..) => (
            State::Warn,
            "ECS starts too few: its service's events say why; Lambda takes the tasks meanwhile",
        ),
        (true, false, _) => (
            State::Warn,
            "they run and are not heard, or are not there: their logs say why; Lambda takes the tasks meanwhile",
        ),
        (true, true, 1..) => (
            State::Warn,
            "some fell silent: look for their last words in the log",
        ),
        (true, true, 0) => (State::Ok, ""),
    };
    let mut parts = Vec::new();
    parts.extend(facts.desired.map(|count| format!("{count} desired")));
    parts.extend(facts.running.map(|count| format!("{count} running")));
    parts.push(format!("{} well", facts.well));
    if facts.dead > 0 {
        parts.push(format!("{} silent", facts.dead));
    }
    let row = Row::new(AREA, ITEM, state, parts.join(", ")).advise(advice);
    #[expect(clippy::cast_precision_loss, reason = "a few processes")]
    let row = row
        .with("desired", desired as f64)
        .with("well", facts.well as f64);
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(desired: Option<u64>, running: Option<u64>, well: u64) -> Facts {
        Facts {
            desired,
            running,
            well,
            dead: 0,
        }
    }

    fn state(facts: &Facts) -> State {
        judge(facts).state
    }

    #[test]
    fn a_pool_that_nobody_asked_for_is_no_fault() {
        assert_eq!(state(&facts(None, None, 0)), State::NotApplicable);
        assert_eq!(state(&facts(Some(0), Some(0), 0)), State::Ok);
        assert_eq!(judge(&facts(None, None, 2)).figure, "2 well");
    }

    #[test]
    fn processes_must_run_and_be_heard() {
        assert_eq!(state(&facts(Some(2), Some(2), 2)), State::Ok);
        let none = judge(&facts(Some(2), None, 0));
        assert_eq!(
            (none.state, none.figure.as_str()),
            (State::Warn, "2 desired, 0 well")
        );
        assert!(judge(&facts(Some(2), Some(1), 1)).advice.starts_with("ECS"));
        assert!(
            judge(&facts(Some(2), Some(2), 1))
                .advice
                .contains("not heard")
        );
        let silent = Facts {
            dead: 1,
            ..facts(Some(2), Some(2), 2)
        };
        assert_eq!(state(&silent), State::Warn);
    }

    #[test]
    fn ecs_tells_both_counts() {
        let service = json!({"desiredCount": 3, "runningCount": 1, "pendingCount": 2});
        assert_eq!(read(&service), facts(Some(3), Some(1), 0));
    }
}
