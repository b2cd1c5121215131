//! What AWS Budgets and CloudWatch publish, as a notice.
//!
//! - CloudWatch: a JSON object with `AlarmName`, `NewStateValue` (`ALARM`, `OK`, `INSUFFICIENT_DATA`) and
//!   `StateChangeTime` such as `2026-03-01T11:58:30.123+0000`
//!   (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html>).
//! - AWS Budgets: plain text for people that begins with `AWS Budget Notification` and has lines `Budget Name: …` and
//!   `Alert Type: ACTUAL` or `FORECASTED`, and `for the current month` or `per day` in its sentence. It has no time of its
//!   own, so that of SNS stands for it. There is none that takes another back
//!   (<https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>).

use domain::spend_notice::{BudgetPeriod, SpendNews, SpendNotice};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// How each text from AWS Budgets begins.
const BUDGET: &str = "AWS Budget Notification";

/// CloudWatch writes offsets without a colon.
const CHANGED_AT: &[FormatItem<'_>] = format_description!(
    "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond][offset_hour sign:mandatory][offset_minute]"
);

/// What SNS hands to a function
/// (<https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>).
#[derive(Debug, Deserialize)]
pub(crate) struct SnsEvent {
    /// The messages; always one.
    #[serde(rename = "Records")]
    pub(crate) records: Vec<SnsRecord>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(crate) struct SnsRecord {
    #[serde(rename = "Sns")]
    sns: SnsMessage,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SnsMessage {
    message: String,
    timestamp: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alarm {
    #[serde(rename = "AlarmName")]
    name: String,
    new_state_value: String,
    state_change_time: String,
}

/// A message that nobody here understands: what it was to pause goes on, so somebody must look.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("the message is neither an alarm's nor a budget's")]
    Form(#[source] serde_json::Error),
    #[error("the budget's notification has no line {0:?}")]
    Line(&'static str),
    #[error("the time {0:?} of the message is none")]
    Time(String),
}

impl SnsRecord {
    /// The notice; none where there is nothing to do: a forecast, or an alarm that lacks data.
    pub(crate) fn notice(&self) -> Result<Option<SpendNotice>, Unreadable> {
        if self.sns.message.trim_start().starts_with(BUDGET) {
            self.budget()
        } else {
            self.alarm()
        }
    }

    fn alarm(&self) -> Result<Option<SpendNotice>, Unreadable> {
        let alarm: Alarm = serde_json::from_str(&self.sns.message).map_err(Unreadable::Form)?;
        let news = match alarm.new_state_value.as_str() {
            "ALARM" => SpendNews::AlarmOn,
            "OK" => SpendNews::AlarmOff,
            // Nobody knows what is spent: what is paused stays so.
            _ => return Ok(None),
        };
        Ok(Some(SpendNotice {
            at: moment(&alarm.state_change_time)?,
            trigger: alarm.name,
            news,
        }))
    }

    fn budget(&self) -> Result<Option<SpendNotice>, Unreadable> {
        let line = |name: &'static str| {
            let mut lines = self.sns.message.lines().map(str::trim);
            let value = lines.find_map(|line| line.strip_prefix(name));
            value.map(str::trim).ok_or(Unreadable::Line(name))
        };
        // What may be spent is no reason to stop.
        if line("Alert Type:")? != "ACTUAL" {
            return Ok(None);
        }
        Ok(Some(SpendNotice {
            trigger: line("Budget Name:")?.to_owned(),
            at: moment(&self.sns.timestamp)?,
            news: SpendNews::BudgetSpent(period(&self.sns.message)),
        }))
    }
}

/// A month is what budgets usually last for, and ours does.
fn period(text: &str) -> BudgetPeriod {
    let words = [
        ("per day", BudgetPeriod::Day),
        ("for the current day", BudgetPeriod::Day),
        ("for the current quarter", BudgetPeriod::Quarter),
        ("for the current year", BudgetPeriod::Year),
    ];
    let named = words.into_iter().find(|(words, _)| text.contains(words));
    named.map_or(BudgetPeriod::Month, |(_, period)| period)
}

fn moment(text: &str) -> Result<OffsetDateTime, Unreadable> {
    let read = OffsetDateTime::parse(text, &Rfc3339);
    let read = read.or_else(|_| OffsetDateTime::parse(text, CHANGED_AT));
    read.map_err(|_| Unreadable::Time(text.into()))
}
