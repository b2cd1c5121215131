//! What is not taken on for a while: submission that is paused, by whom and why.

use std::sync::Arc;

use aws::dynamo::PauseTable;
use domain::Pause;
use domain::ports::{Clock, Pauses, PortError};
use time::OffsetDateTime;

use super::{Row, State};
use crate::moment::rfc3339;
use crate::site::Site;

const AREA: &str = "spend";
const ITEM: &str = "paused submissions";

/// The moment at which everything is looked at.
struct At(OffsetDateTime);

impl Clock for At {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}

/// Asked for by the weekly checklist, too.
pub(crate) async fn check(site: &Site) -> Vec<Row> {
    vec![match pauses(site).await {
        Ok(Some(pauses)) => judge(&pauses),
        Ok(None) => Row::not_applicable(
            AREA,
            ITEM,
            "nobody says where pauses are: PAUSES_TABLE is not set",
        ),
        Err(error) => Row::fail(AREA, ITEM, domain::causes(&error)),
    }]
}

async fn pauses(site: &Site) -> Result<Option<Vec<Pause>>, PortError> {
    match (&site.sdk, site.deployment.get("PAUSES_TABLE")) {
        (Ok(sdk), Some(table)) => {
            let table = PauseTable::new(sdk, table, Arc::new(At(site.now)));
            table.list().await.map(Some)
        }
        // A stack of an earlier release has none.
        _ => Ok(None),
    }
}

/// Never more than worth a look: somebody, or the guard, meant it.
fn judge(pauses: &[Pause]) -> Row {
    let told = |pause: &Pause| {
        let until = pause.until.map_or_else(|| "resumed".into(), rfc3339);
        format!(
            "{} until {until} by {}: {}",
            pause.subject, pause.by, pause.reason
        )
    };
    let (state, figure) = if pauses.is_empty() {
        (State::Ok, "none".to_owned())
    } else {
        let told: Vec<_> = pauses.iter().map(told).collect();
        (State::Warn, told.join("; "))
    };
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let count = pauses.len() as f64;
    Row::new(AREA, ITEM, state, figure)
        .advise("`ops spend list` shows them, `ops spend resume` lifts one (docs/runbooks.md#submission-paused)")
        .with("paused", count)
}

#[cfg(test)]
mod tests {
    use testkit::build::{self, NOW};

    use super::*;

    #[test]
    fn what_is_paused_is_worth_a_look() {
        let row = judge(&[]);
        assert_eq!((row.state, row.figure.as_str()), (State::Ok, "none"));
        let pauses = [
            build::pause("all", "operator:ada", NOW),
            Pause {
                until: Some(NOW),
                ..build::pause("kind:export", "guard:adology-monthly", NOW)
            },
        ];
        let row = judge(&pauses);
        assert_eq!(row.state, State::Warn);
        assert_eq!(
            row.figure,
            "all until resumed by operator:ada: the budget is spent; \
             kind:export until 2026-03-01T12:00:00Z by guard:adology-monthly: the budget is spent"
        );
        assert!(row.advice.contains("ops spend resume"));
    }
}
