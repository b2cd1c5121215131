//! This machine's clock against AWS's.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::DATE;
use time::OffsetDateTime;

use super::MACHINE;
use crate::check::{Bounds, Row};
use crate::site::Site;

const ITEM: &str = "clock";
/// In seconds. AWS refuses signatures that are five minutes off, and tokens are not valid yet or any more before that
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>).
const SKEW: Bounds = Bounds {
    warn: 30.0,
    fail: 240.0,
};
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn check(site: &Site) -> Row {
    if site.deployment.is_local() {
        return Row::not_applicable(
            MACHINE,
            ITEM,
            "the stack runs on this machine, by the same clock",
        );
    }
    let Some(region) = site.deployment.get("AWS_REGION") else {
        return Row::not_applicable(
            MACHINE,
            ITEM,
            "no region to ask for the time: AWS_REGION is not set",
        );
    };
    match date(&format!("https://sts.{region}.amazonaws.com/")).await {
        Some(there) => judge((site.now - there).as_seconds_f64()),
        None => Row::not_applicable(
            MACHINE,
            ITEM,
            "AWS does not answer, so its time is not known",
        ),
    }
}

/// The `Date` of whatever it answers.
async fn date(address: &str) -> Option<OffsetDateTime> {
    let http = Client::builder().timeout(PATIENCE).build().ok()?;
    let answer = http.get(address).send().await.ok()?;
    let date = answer.headers().get(DATE)?.to_str().ok()?;
    Some(httpdate::parse_http_date(date).ok()?.into())
}

fn judge(ahead: f64) -> Row {
    let way = if ahead >= 0.0 { "ahead" } else { "behind" };
    let figure = format!("{:.0} s {way}", ahead.abs());
    Row::new(MACHINE, ITEM, SKEW.judge(ahead.abs()), figure)
        .advise("set it by NTP (`timedatectl set-ntp true`): signatures and tokens are refused otherwise")
        .with("ahead_s", ahead)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::State;

    #[test]
    fn a_clock_may_be_wrong_either_way() {
        let states = [1.0, -31.0, 300.0].map(|ahead| judge(ahead).state);
        assert_eq!(states, [State::Ok, State::Warn, State::Fail]);
        assert_eq!(judge(-31.0).figure, "31 s behind");
    }
}
