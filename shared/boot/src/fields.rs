//! What an event or a span says, as JSON.

use std::error::Error;
use std::fmt::Debug;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};

/// Collects fields.
#[derive(Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().into(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    /// An error, and beside it everything behind it, from the nearest cause to the first.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put(field, value.to_string());
        let mut causes: Vec<Value> = vec![];
        let mut behind = value.source();
        while let Some(cause) = behind {
            causes.push(cause.to_string().into());
            behind = cause.source();
        }
        if !causes.is_empty() {
            self.0.insert("causes".into(), causes.into());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}"));
    }
}

/// Adds what is not there yet: what is said nearer to the line counts.
pub(crate) fn merge(into: &mut Map<String, Value>, more: Map<String, Value>) {
    for (name, value) in more {
        into.entry(name).or_insert(value);
    }
}
