//! What a caller may ask of an aggregate.

use std::collections::BTreeSet;

use domain::Window;
use domain::aggregate::{AggregateQuery, Bucket, GroupBy, MOST_ALTERNATIVES, Only};
use domain::kind::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;

use crate::{object, schema};

/// Most rows: a row is some 100 bytes of JSON.
const MOST_ROWS: usize = 10_000;

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The input of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AggregateInput {
    /// Group by these, in this order; by service where not given. Empty: one row over everything.
    #[schemars(extend("uniqueItems" = true))]
    pub group_by: Vec<GroupBy>,
    /// The length of a time bucket, where grouped by time.
    pub bucket: Bucket,
    /// How far back to look; 24 hours where neither this nor a range is given.
    #[serde(deserialize_with = "window")]
    #[schemars(schema_with = "schema::window")]
    pub window: Option<Window>,
    /// Only requests at or after this moment, instead of a window.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schemars(schema_with = "schema::moment")]
    pub from: Option<OffsetDateTime>,
    /// Only requests before this moment, instead of a window.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schemars(schema_with = "schema::moment")]
    pub to: Option<OffsetDateTime>,
    /// What requests must be to count.
    #[serde(deserialize_with = "object::object")]
    pub only: Only,
    /// Gives each row the figures of the same group in the period before as well: as long, and ending
    /// where this one starts.
    pub compare: Option<Compare>,
    /// At most this many rows: those with the highest counts.
    #[schemars(range(min = 1, max = MOST_ROWS))]
    pub limit: usize,
}

/// What a period is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The period before.
    Previous,
}

impl Default for AggregateInput {
    fn default() -> Self {
        Self {
            group_by: vec![GroupBy::Service],
            bucket: Bucket::default(),
            window: None,
            from: None,
            to: None,
            only: Only::default(),
            compare: None,
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
        errors.extend(self.odd_filters());
        if self.compare.is_some() {
            errors.extend(self.incomparable());
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

    fn odd_filters(&self) -> Vec<FieldError> {
        let only = &self.only;
        let lists = [
            ("service", only.service.len()),
            ("path", only.path.len()),
            ("route", only.route.len()),
            ("method", only.method.len()),
            ("status", only.status.len()),
            ("status_class", only.status_class.len()),
            ("user", only.user.len()),
        ];
        let long = lists
            .into_iter()
            .filter(|(_, count)| *count > MOST_ALTERNATIVES);
        let mut errors: Vec<_> = long
            .map(|(field, _)| {
                let message = format!("holds at most {MOST_ALTERNATIVES} alternatives");
                FieldError::new(format!("only.{field}"), message)
            })
            .collect();
        let known = |class: &String| CLASSES.contains(&class.as_str());
        if !only.status_class.iter().all(known) {
            let message = format!("must be of {}", CLASSES.join(", "));
            errors.push(FieldError::new("only.status_class", message));
        }
        errors
    }

    fn incomparable(&self) -> Vec<FieldError> {
        let mut errors = vec![];
        if self.group_by.contains(&GroupBy::Time) {
            let message = "rows of different times have no counterpart; leave out time";
            errors.push(FieldError::new("compare", message));
        }
        let range = self.from.is_some() || self.to.is_some();
        if self.from.is_none() && (range || self.window == Some(Window::All)) {
            let message = "a period without a start has none before it; give from or a window";
            errors.push(FieldError::new("compare", message));
        }
        errors
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
            only: self.only,
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
