//! JSON Schemas of what types alone do not tell.

use domain::Window;
use schemars::{Schema, SchemaGenerator, json_schema};

/// A moment as RFC 3339 has it, or none.
pub(crate) fn moment(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "null"], "format": "date-time"})
}

/// How far back to look, or none.
pub(crate) fn window(_: &mut SchemaGenerator) -> Schema {
    let names = Window::NAMES.map(Some).into_iter().chain([None]);
    let names: Vec<_> = names.collect();
    json_schema!({"type": ["string", "null"], "enum": names})
}

/// The most dollars that an amount can hold, in whole ones.
const MOST_DOLLARS: u64 = u64::MAX / 1_000_000_000;

/// An amount of US dollars, or none.
pub(crate) fn dollars(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["number", "null"], "minimum": 0, "maximum": MOST_DOLLARS})
}

/// A task's or an upload's name, or none.
pub(crate) fn uuid(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "null"], "format": "uuid"})
}
