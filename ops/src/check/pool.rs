//! The pool beside Lambda: how many processes are wanted, run and are well.

use aws_call::{CallError, Caller, Service};
use serde_json::{Value, json};

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
}

pub(super) async fn check(site: &Site, expected: Option<u32>) -> Vec<Row> {
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, ITEM, why)],
    };
    let asked = match service(caller, stack).await {
        Ok(asked) => asked,
        Err(error) => return vec![Row::fail(AREA, ITEM, domain::causes(&error))],
    };
    let facts = Facts {
        desired: expected.map(u64::from).or(asked.desired),
        ..asked
    };
    vec![judge(&facts)]
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
    }
}

fn judge(facts: &Facts) -> Row {
    let Some(desired) = facts.desired else {
        return Row::not_applicable(AREA, ITEM, "no pool is asked for: Lambda takes all tasks");
    };
    let running = facts.running.unwrap_or_default();
    let state = if running >= desired {
        State::Ok
    } else {
        State::Warn
    };
    Row::new(
        AREA,
        ITEM,
        state,
        format!("{desired} desired, {running} running"),
    )
    .advise("Lambda takes its tasks meanwhile")
}
