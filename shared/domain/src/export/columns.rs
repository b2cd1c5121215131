//! The columns of each source.

use super::Source;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// Whole numbers of 64 bits.
    Integer,
    /// Floating-point numbers of 64 bits.
    Double,
    /// Yes or no.
    Boolean,
    /// Moments.
    Moment,
    /// JSON texts.
    Json,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its name, unique in its source.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

impl Column {
    /// A column.
    pub fn new(name: impl Into<String>, kind: ColumnKind) -> Self {
        let name = name.into();
        Self { name, kind }
    }
}

use ColumnKind::{Double, Integer, Json, Moment, Text};

const USERS: &[(&str, ColumnKind)] = &[
    ("user", Text),
    ("first_seen", Moment),
    ("last_seen", Moment),
];

const SESSIONS: &[(&str, ColumnKind)] = &[
    ("session_id", Text),
    ("user", Text),
    ("started_at", Moment),
    ("ended_at", Moment),
];

/// Fields that only some types of events have are empty in the others.
const EVENTS: &[(&str, ColumnKind)] = &[
    ("id", Text),
    ("type", Text),
    ("at", Moment),
    ("service", Text),
    ("user", Text),
    ("method", Text),
    ("path", Text),
    ("status", Integer),
    ("bytes", Integer),
    ("response_time_ms", Double),
    ("level", Text),
    ("message", Text),
    ("session_id", Text),
    ("action", Text),
    ("extra", Json),
];

const LOGS: &[(&str, ColumnKind)] = &[
    ("id", Text),
    ("at", Moment),
    ("service", Text),
    ("level", Text),
    ("message", Text),
    ("extra", Json),
];

const TASKS: &[(&str, ColumnKind)] = &[
    ("request_id", Text),
    ("kind", Text),
    ("status", Text),
    ("phase", Text),
    ("version", Integer),
    ("attempt", Integer),
    ("priority", Text),
    ("owner", Text),
    ("tags", Json),
    ("created_at", Moment),
    ("started_at", Moment),
    ("finished_at", Moment),
    ("updated_at", Moment),
    ("error_code", Text),
    ("error_message", Text),
];

/// The columns of a source, in the order of a file that asks for none in particular. Those of a
/// report are its own: there are none here.
pub fn columns(source: Source) -> Vec<Column> {
    let columns = match source {
        Source::Users => USERS,
        Source::Sessions => SESSIONS,
        Source::Events => EVENTS,
        Source::Logs => LOGS,
        Source::Tasks => TASKS,
        Source::Report => &[],
    };
    let columns = columns.iter();
    columns
        .map(|(name, kind)| Column::new(*name, *kind))
        .collect()
}
