//! The canary, which goes round every five minutes as a browser does (docs/canary.md).

use super::{Row, State};
use crate::metrics::{self, Query};
use crate::site::Site;

const AREA: &str = "canary";
const ITEM: &str = "round trips";
const MINUTES: i64 = 60;
/// It flies every five minutes.
const PERIOD: u32 = 300;

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, ITEM, domain::causes(why))],
    };
    if stack.named("Canary").is_none() {
        let why = "it is off (RunCanary); `round trip` of `websocket` goes the same way, once";
        return vec![Row::not_applicable(AREA, ITEM, why)];
    }
    let query = Query {
        namespace: "Adology",
        metric: "CanarySuccess",
        dimensions: vec![(
            "Stage",
            stack.parameters.get("Stage").cloned().unwrap_or_default(),
        )],
        stat: "Average",
    };
    let measured = metrics::figures(caller, &[query], site.last_minutes(MINUTES), PERIOD).await;
    vec![match measured {
        Ok(found) => judge(found.first().map_or(&[], Vec::as_slice)),
        Err(error) => Row::fail(AREA, ITEM, domain::causes(&error)),
    }]
}

/// Of each period, oldest first, the share of round trips that went well.
fn judge(trips: &[f64]) -> Row {
    let Some(last) = trips.last() else {
        return Row::fail(AREA, ITEM, format!("none in {MINUTES} min")).advise(
            "the schedule does not start it, or its password was never set: docs/canary.md",
        );
    };
    let failed = trips.iter().filter(|share| **share < 1.0).count();
    let state = match (*last < 1.0, failed) {
        (true, _) => State::Fail,
        (false, 0) => State::Ok,
        (false, _) => State::Warn,
    };
    let figure = format!("{failed} of {} failed in {MINUTES} min", trips.len());
    #[expect(clippy::cast_precision_loss, reason = "a dozen")]
    let row = Row::new(AREA, ITEM, state, figure).with("failed", failed as f64);
    row.advise("its log lines of the level ERROR name the step and the cause")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_round_trip_counts_most() {
        let states =
            [&[1.0, 1.0][..], &[0.0, 1.0], &[1.0, 0.0], &[]].map(|trips| judge(trips).state);
        assert_eq!(states, [State::Ok, State::Warn, State::Fail, State::Fail]);
    }
}
