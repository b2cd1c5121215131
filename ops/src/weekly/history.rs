//! Which alarms rang in the last seven days.

use std::collections::{BTreeMap, BTreeSet};

use aws_call::Service;
use serde_json::{Value, json};

use crate::check::{Row, State};
use crate::site::Site;

const AREA: &str = "alarms";
const ITEM: &str = "last 7 days";
const KINDS: [&str; 2] = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];
const MINUTES: i64 = 7 * 24 * 60;

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, ITEM, domain::causes(why))],
    };
    let ours: BTreeSet<&str> = KINDS
        .iter()
        .flat_map(|kind| stack.of_kind(kind))
        .map(|alarm| alarm.physical.as_str())
        .collect();
    if ours.is_empty() {
        return vec![Row::not_applicable(AREA, ITEM, "this stack has no alarms")];
    }
    let (from, to) = site.last_minutes(MINUTES);
    let body = json!({
        "HistoryItemType": "StateUpdate",
        "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
        "StartDate": from.unix_timestamp(),
        "EndDate": to.unix_timestamp(),
        "MaxRecords": 100,
    });
    vec![match caller
        .json(Service::CLOUDWATCH, "DescribeAlarmHistory", &body)
        .await
    {
        Ok(answer) => judge(&rung(&answer, &ours)),
        Err(error) => Row::fail(AREA, ITEM, domain::causes(&error)),
    }]
}

/// How often each of ours began to ring.
fn rung(answer: &Value, ours: &BTreeSet<&str>) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for item in answer["AlarmHistoryItems"].as_array().into_iter().flatten() {
        let text = |name: &str| item[name].as_str().unwrap_or_default();
        let name = text("AlarmName");
        if ours.contains(name) && text("HistorySummary").ends_with("to ALARM") {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
    }
    counts
}

fn judge(counts: &BTreeMap<String, u32>) -> Row {
    let total: u32 = counts.values().sum();
    if total == 0 {
        return Row::new(AREA, ITEM, State::Ok, "none rang").with("rang", 0.0);
    }
    let named: Vec<_> = counts
        .iter()
        .map(|(name, count)| format!("{name} {count} times"))
        .collect();
    Row::new(AREA, ITEM, State::Warn, named.join(", "))
        .advise("each is either a fault to mend or an alarm to set otherwise")
        .with("rang", total.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_alarms_that_began_to_ring_count() {
        let item =
            |name: &str, summary: &str| json!({"AlarmName": name, "HistorySummary": summary});
        let answer = json!({"AlarmHistoryItems": [
            item("dev-dlq", "Alarm updated from OK to ALARM"),
            item("dev-dlq", "Alarm updated from ALARM to OK"),
            item("other", "Alarm updated from OK to ALARM"),
        ]});
        let counts = rung(&answer, &BTreeSet::from(["dev-dlq"]));
        let row = judge(&counts);
        assert_eq!(
            (row.state, row.figure.as_str()),
            (State::Warn, "dev-dlq 1 times")
        );
        assert_eq!(judge(&BTreeMap::new()).state, State::Ok);
    }
}
