//! What a caller may ask to have exported.

use std::collections::BTreeSet;

use domain::RequestId;
use domain::export::{Column, RowQuery, Source, columns};
use domain::kind::FieldError;
use schemars::JsonSchema;
use serde::Deserialize;
use time::OffsetDateTime;

use super::format::{Compression, Format};
use crate::schema;

/// Most columns that can be asked for: more than any source has.
const MOST_COLUMNS: usize = 100;

/// The input of an export.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportInput {
    /// What to export: `users`, `sessions`, `events`, `logs`, `tasks` or a `report`.
    pub source: Source,
    /// How to write it: `csv`, `jsonl` or `parquet`.
    #[serde(default)]
    pub format: Format,
    /// How to make the file smaller: `none`, `gzip` or `zstd`. Parquet files are compressed inside,
    /// and by `zstd` where nothing else is said; others are not then.
    #[serde(default)]
    pub compression: Option<Compression>,
    /// Only rows at or after this moment: of an event's `at`, a user's `last_seen`, a session's
    /// `started_at`, a task's `created_at`.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[schemars(schema_with = "schema::moment")]
    pub from: Option<OffsetDateTime>,
    /// Only rows before this moment.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[schemars(schema_with = "schema::moment")]
    pub to: Option<OffsetDateTime>,
    /// Only these columns, in this order; all of the source where not given.
    #[serde(default)]
    #[schemars(length(min = 1, max = MOST_COLUMNS), extend("uniqueItems" = true))]
    pub columns: Option<Vec<String>>,
    /// For the source `report`: the `request_id` of the completed `aggregate` task whose rows are
    /// exported.
    #[serde(default)]
    #[schemars(schema_with = "schema::uuid")]
    pub report: Option<RequestId>,
    /// Whether texts that a spreadsheet would take for formulas get a `'` before them in CSV.
    /// True where not given; say false for a program that reads the file.
    #[serde(default = "yes")]
    pub escape_formulas: bool,
}

fn yes() -> bool {
    true
}

impl ExportInput {
    /// Checks what types cannot express, and names everything that is wrong.
    pub(super) fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, message: &str| errors.push(FieldError::new(field, message));
        if matches!((self.from, self.to), (Some(from), Some(to)) if from >= to) {
            refuse("to", "must be later than from");
        }
        match (self.source == Source::Report, self.report) {
            (true, None) => refuse("report", "name the aggregate task whose rows to export"),
            (false, Some(_)) => refuse("report", "only for the source report"),
            _ => {}
        }
        if self.source == Source::Report {
            for (field, given) in [("from", self.from), ("to", self.to)] {
                if given.is_some() {
                    refuse(field, "a report has the range of its task");
                }
            }
        }
        errors.extend(self.check_columns());
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    fn check_columns(&self) -> Vec<FieldError> {
        let Some(asked) = &self.columns else {
            return vec![];
        };
        if !(1..=MOST_COLUMNS).contains(&asked.len()) {
            let message = format!("must be 1 to {MOST_COLUMNS} columns");
            return vec![FieldError::new("columns", message)];
        }
        let (known, mut seen) = (columns(self.source), BTreeSet::new());
        let mut errors = vec![];
        for (n, name) in asked.iter().enumerate() {
            let field = || format!("columns[{n}]");
            if !seen.insert(name) {
                errors.push(FieldError::new(field(), "is there already"));
            // The columns of a report are known when it is read.
            } else if self.source != Source::Report && !known.iter().any(|c| c.name == *name) {
                errors.push(FieldError::new(field(), one_of(&known)));
            }
        }
        errors
    }

    /// The query that this asks for. Not for reports.
    pub(super) fn query(&self) -> RowQuery {
        RowQuery {
            source: self.source,
            columns: chosen(columns(self.source), self.columns.as_deref()),
            from: self.from,
            to: self.to,
        }
    }

    /// How the file is compressed.
    pub(super) fn compression(&self) -> Compression {
        self.compression.unwrap_or(match self.format {
            Format::Csv | Format::Jsonl => Compression::None,
            Format::Parquet => Compression::Zstd,
        })
    }
}

/// The known columns that were asked for, in the order of asking; all where nothing was asked.
pub(super) fn chosen(known: Vec<Column>, asked: Option<&[String]>) -> Vec<Column> {
    let Some(asked) = asked else {
        return known;
    };
    let find = |name: &String| known.iter().find(|column| column.name == *name).cloned();
    asked.iter().filter_map(find).collect()
}

/// What would have been right.
pub(super) fn one_of(columns: &[Column]) -> String {
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    format!("must be one of {}", names.join(", "))
}
