//! The stack's alarms.

use aws_call::Service;
use serde_json::{Value, json};

use super::{Row, State};
use crate::site::Site;

const AREA: &str = "alarms";
const KINDS: [&str; 2] = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];
/// `DescribeAlarms` takes this many names.
const MOST: usize = 100;

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, "all", domain::causes(why))],
    };
    let names: Vec<_> = KINDS
        .iter()
        .flat_map(|kind| stack.of_kind(kind))
        .map(|alarm| alarm.physical.as_str())
        .collect();
    if names.is_empty() {
        return vec![Row::not_applicable(AREA, "all", "this stack has no alarms")];
    }
    let mut alarms = Vec::new();
    for names in names.chunks(MOST) {
        let body = json!({"AlarmNames": names, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]});
        match caller
            .json(Service::CLOUDWATCH, "DescribeAlarms", &body)
            .await
        {
            Err(error) => return vec![Row::fail(AREA, "all", domain::causes(&error))],
            Ok(answer) => alarms.extend(read(&answer)),
        }
    }
    judge(names.len(), &alarms)
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Alarm {
    name: String,
    state: String,
    reason: String,
}

fn read(answer: &Value) -> Vec<Alarm> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lists = ["MetricAlarms", "CompositeAlarms"].map(|list| answer[list].as_array());
    let all = lists.into_iter().flatten().flatten();
    all.map(|alarm| Alarm {
        name: text(&alarm["AlarmName"]),
        state: text(&alarm["StateValue"]),
        reason: text(&alarm["StateReason"]),
    })
    .collect()
}

/// A row for all, and one for each that rings.
fn judge(expected: usize, alarms: &[Alarm]) -> Vec<Row> {
    let of = |state: &'static str| alarms.iter().filter(move |alarm| alarm.state == state);
    let (ringing, waiting) = (of("ALARM").count(), of("INSUFFICIENT_DATA").count());
    let state = match (ringing, alarms.len() < expected) {
        (0, false) => State::Ok,
        (0, true) => State::Warn,
        _ => State::Fail,
    };
    let figure = format!(
        "{} of {expected} there, {ringing} ringing, {waiting} without data",
        alarms.len()
    );
    let advice = if ringing > 0 {
        "see below"
    } else {
        "somebody has removed alarms of the stack: deploy it again"
    };
    let all = Row::new(AREA, "all", state, figure).advise(advice);
    #[expect(clippy::cast_precision_loss, reason = "a stack holds 500 resources")]
    let all = all.with("ringing", ringing as f64);
    let each = of("ALARM").map(|alarm| {
        Row::fail(AREA, alarm.name.as_str(), alarm.reason.as_str())
            .advise("docs/runbooks.md says what to do for each alarm")
    });
    std::iter::once(all).chain(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_alarm_that_rings_is_named() {
        let answer = json!({
            "MetricAlarms": [
                {"AlarmName": "dev-dlq", "StateValue": "ALARM", "StateReason": "1 >= 1"},
                {"AlarmName": "dev-5xx", "StateValue": "OK", "StateReason": ""}
            ],
            "CompositeAlarms": [{"AlarmName": "dev-any", "StateValue": "INSUFFICIENT_DATA"}]
        });
        let alarms = read(&answer);
        let rows = judge(3, &alarms);
        assert_eq!(rows[0].figure, "3 of 3 there, 1 ringing, 1 without data");
        assert_eq!(
            (rows[1].item.as_str(), rows[1].state),
            ("dev-dlq", State::Fail)
        );
        assert_eq!(rows.len(), 2);
        assert_eq!(judge(2, &alarms[1..])[0].state, State::Ok);
        assert_eq!(judge(3, &alarms[1..])[0].state, State::Warn);
    }
}
