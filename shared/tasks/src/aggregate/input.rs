//! What a caller may ask of an aggregate.

use std::collections::BTreeSet;

use domain::Window;
use domain::aggregate::{AggregateQuery, Bucket, GroupBy};
use domain::kind::FieldError;
use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;

/// Most rows: a row is some 100 bytes of JSON.
const MOST_ROWS: usize = 10_000;

/// The input of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AggregateInput {
    /// Group by these, in this order; by service where not given. Empty: one row over everything.
    pub group_by: Vec<GroupBy>,
    /// The length of a time bucket, where grouped by time.
    pub bucket: Bucket,
    /// How far back to look; 24 hours where neither this nor a range is given.
    #[serde(deserialize_with = "window")]
    pub window: Option<Window>,
    /// Only requests at or after this moment, instead of a window.
    #[serde(with = "time::serde::rfc3339::option")]
    pub from: Option<OffsetDateTime>,
    /// Only requests before this moment, instead of a window.
    #[serde(with = "time::serde::rfc3339::option")]
    pub to: Option<OffsetDateTime>,
    /// At most this many rows: those with the highest counts.
    pub limit: usize,
}

impl Default for AggregateInput {
    fn default() -> Self {
        Self {
            group_by: vec![GroupBy::Service],
            bucket: Bucket::default(),
            window: None,
            from: None,
            to: None,
            limit: 1_000,
        }
    }
}

fn window<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Window>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    name.map(|name| name.parse())
        .transpose()
        .map_err(serde::de::Error::custom)
}

impl AggregateInput {
    /// Checks what types cannot express, and names everything that is wrong.
    pub(super) fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = repeated(&self.group_by);
        if !(1..=MOST_ROWS).contains(&self.limit) {
            let message = format!("must be 1 to {MOST_ROWS}");
            errors.push(FieldError::new("limit", message));
        }
        if self.window.is_some() && (self.from.is_some() || self.to.is_some()) {
            let message = "give either a window or a range of from and to";
            errors.push(FieldError::new("window", message));
        }
        if matches!((self.from, self.to), (Some(from), Some(to)) if from >= to) {
            errors.push(FieldError::new("to", "must be later than from"));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// What a report of this is called.
    pub(super) fn title(&self) -> String {
        let columns: Vec<_> = self.group_by.iter().map(|by| by.column()).collect();
        if columns.is_empty() {
            "All requests".into()
        } else {
            format!("Requests by {}", columns.join(", "))
        }
    }

    /// The query that this asks for at this moment.
    pub(super) fn query(self, now: OffsetDateTime) -> AggregateQuery {
        let range = self.from.is_some() || self.to.is_some();
        let window = self.window.unwrap_or_default();
        AggregateQuery {
            group_by: self.group_by,
            bucket: self.bucket,
            from: if range { self.from } else { window.start(now) },
            to: self.to,
            limit: self.limit,
        }
    }
}

fn repeated(group_by: &[GroupBy]) -> Vec<FieldError> {
    let mut seen = BTreeSet::new();
    let again = group_by
        .iter()
        .enumerate()
        .filter(|(_, by)| !seen.insert(**by));
    again
        .map(|(n, by)| {
            let message = format!("{} is there already", by.column());
            FieldError::new(format!("group_by[{n}]"), message)
        })
        .collect()
}
