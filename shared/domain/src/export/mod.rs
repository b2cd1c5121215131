//! Rows that leave the system as a file: where they come from, and what their columns are.

mod cells;
mod columns;
mod result;

use serde::Deserialize;
use time::OffsetDateTime;

use crate::ids::{RequestId, TenantId};

pub use cells::of_event;
pub use columns::{Column, ColumnKind, columns};
pub use result::{ExportResult, KIND};

/// Most rows that a store gives at once. With [`MOST_BYTES_AT_ONCE`] it bounds what an export of
/// any size keeps in memory.
pub const MOST_ROWS_AT_ONCE: usize = 500;

/// About how many bytes of text a store gives at once: one row more than fits.
pub const MOST_BYTES_AT_ONCE: usize = 1024 * 1024;

/// What rows are about, and with that where they are kept.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Users that events have named.
    Users,
    /// Sessions that events have named.
    Sessions,
    /// Everything that was ingested: requests, log lines, sessions, users.
    Events,
    /// Log lines.
    Logs,
    /// Tasks, without their inputs and results.
    Tasks,
    /// The rows that an `aggregate` task has found.
    Report,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 6] = [
        Self::Users,
        Self::Sessions,
        Self::Events,
        Self::Logs,
        Self::Tasks,
        Self::Report,
    ];

    /// The name that callers use, which also names the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Sessions => "sessions",
            Self::Events => "events",
            Self::Logs => "logs",
            Self::Tasks => "tasks",
            Self::Report => "report",
        }
    }
}

/// A value of a row. Its kind is its column's, or it is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value.
    None,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number that is finite.
    Double(f64),
    /// Yes or no.
    Boolean(bool),
    /// A moment.
    Moment(OffsetDateTime),
    /// A JSON text.
    Json(String),
}

impl Cell {
    /// Text, or none.
    pub fn text(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::None, |text| Self::Text(text.into()))
    }

    /// A moment, or none.
    pub fn moment(moment: Option<OffsetDateTime>) -> Self {
        moment.map_or(Self::None, Self::Moment)
    }

    /// Its part in [`MOST_BYTES_AT_ONCE`]: the text it holds, in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Json(text) => text.len(),
            _ => 0,
        }
    }
}

/// A row: one cell for each column asked for, in their order.
pub type Row = Vec<Cell>;

/// Which rows of a source, and what of them.
#[derive(Debug, Clone, PartialEq)]
pub struct RowQuery {
    /// What about.
    pub source: Source,
    /// These columns of the source, in this order.
    pub columns: Vec<Column>,
    /// Only rows at or after this moment.
    pub from: Option<OffsetDateTime>,
    /// Only rows before this moment.
    pub to: Option<OffsetDateTime>,
}

impl RowQuery {
    /// Whether a row of this moment is asked for. Without a range every row is, even one that has
    /// no moment.
    pub fn covers(&self, moment: Option<OffsetDateTime>) -> bool {
        let after = |from| moment.is_some_and(|moment| moment >= from);
        let before = |to| moment.is_some_and(|moment| moment < to);
        self.from.is_none_or(after) && self.to.is_none_or(before)
    }
}

/// The key of an exported file. The tenant is its first part, as everywhere; the task is its next
/// to last, so that all that its attempts have left can be found.
pub fn object_key(tenant: &TenantId, id: RequestId, file_name: &str) -> String {
    format!("{}{file_name}", object_folder(tenant, id))
}

/// What the keys of all files of a task begin with.
pub fn object_folder(tenant: &TenantId, id: RequestId) -> String {
    format!("{tenant}/exports/{id}/")
}
