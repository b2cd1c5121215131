//! Spreads what was collected over as few lines as the limits allow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value};

use crate::collected::Series;
use crate::document::Document;
use crate::limits::{LONGEST_LINE, MAX_METRICS, MAX_VALUES};
use crate::metric::Metric;

/// Up to 100 values of one metric.
pub(crate) struct Chunk<'a> {
    pub(crate) metric: &'a Metric,
    pub(crate) value: Value,
    bytes: usize,
}

/// The metrics of one line.
#[derive(Default)]
struct Line<'a> {
    chunks: Vec<Chunk<'a>>,
    names: BTreeSet<&'a str>,
    bytes: usize,
}

impl<'a> Line<'a> {
    fn takes(&self, chunk: &Chunk<'_>, room: usize) -> bool {
        self.chunks.len() < MAX_METRICS
            && self.bytes + chunk.bytes <= room
            && !self.names.contains(chunk.metric.name())
    }

    fn add(&mut self, chunk: Chunk<'a>) {
        self.bytes += chunk.bytes;
        self.names.insert(chunk.metric.name());
        self.chunks.push(chunk);
    }
}

/// The metrics of each line, for one set of dimensions. `frame` is the line without metrics.
///
/// Each chunk goes to the first line that has room and no metric of that name; where none has, to
/// a new one, which always has room (see `limits`).
pub(crate) fn pack<'a>(
    group: &'a BTreeMap<Metric, Series>,
    frame: &Document<'_>,
) -> Vec<Vec<Chunk<'a>>> {
    let room = LONGEST_LINE.saturating_sub(frame.bytes());
    let mut lines: Vec<Line<'a>> = Vec::new();
    for chunk in group.iter().flat_map(chunks) {
        let first = lines.iter().position(|line| line.takes(&chunk, room));
        let at = first.unwrap_or_else(|| {
            lines.push(Line::default());
            lines.len() - 1
        });
        lines[at].add(chunk);
    }
    lines.into_iter().map(|line| line.chunks).collect()
}

fn chunks<'a>((metric, series): (&'a Metric, &'a Series)) -> Vec<Chunk<'a>> {
    let values = series.values();
    let chunk = |values: &[f64]| Chunk::new(metric, values);
    values.chunks(MAX_VALUES).map(chunk).collect()
}

impl<'a> Chunk<'a> {
    fn new(metric: &'a Metric, values: &[f64]) -> Self {
        let value = match values {
            [one] => number(*one),
            many => Value::Array(many.iter().copied().map(number).collect()),
        };
        // Its definition and its member, with their commas.
        let name = Value::from(metric.name()).to_string().len();
        let definition = r#"{"Name":,"Unit":"Kilobytes/Second","StorageResolution":60},"#.len();
        let bytes = definition + name + name + value.to_string().len() + 2;
        Self {
            metric,
            value,
            bytes,
        }
    }
}

/// Whole numbers without a fraction, which is how people write counts.
fn number(value: f64) -> Value {
    // Below 2^53 every whole number is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return Value::from(value as i64);
    }
    // Finite by admission, so never null.
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}
