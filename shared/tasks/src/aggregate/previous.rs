//! The period before, to compare with.

use std::collections::BTreeMap;

use domain::aggregate::{AggregateQuery, AggregateRow};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// Most groups of the period before. Those of this period that are not among its largest have no
/// counterpart to show.
const MOST: usize = 50_000;

/// The query for the period before: as long as this one, which ends now if it has no end.
pub(super) fn period(query: &AggregateQuery, now: OffsetDateTime) -> Option<AggregateQuery> {
    let from = query.from?;
    let length = query.to.unwrap_or(now) - from;
    let before = from.checked_sub(length).filter(|before| *before < from)?;
    Some(AggregateQuery {
        from: Some(before),
        to: Some(from),
        limit: MOST,
        ..query.clone()
    })
}

/// The rows with `previous`: the figures of the same group before, null where there was none.
pub(super) fn beside(rows: Vec<AggregateRow>, before: Vec<AggregateRow>) -> Value {
    let named = |row: AggregateRow| (json!(row.groups).to_string(), row);
    let mut before: BTreeMap<String, AggregateRow> = before.into_iter().map(named).collect();
    let rows = rows.into_iter().map(|row| {
        let previous = before.remove(&json!(row.groups).to_string());
        let previous = previous.map(|row| AggregateRow {
            groups: BTreeMap::new(),
            ..row
        });
        let mut row = json!(row);
        row["previous"] = json!(previous);
        row
    });
    rows.collect()
}
