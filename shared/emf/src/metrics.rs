//! The value that code passes around.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::collected::Collected;
use crate::dimensions::Dimensions;
use crate::document::Document;
use crate::metric::Metric;
use crate::name::{self, NameError};
use crate::pack::pack;
use crate::properties::PropertyError;
use crate::rejected::Rejected;

/// Collects what happens during one invocation and writes it as lines at its end.
///
/// Cheap to clone; clones, and those with [other dimensions](Self::with), collect into the same
/// place. Recording never fails and never blocks for long: what cannot be written is counted and
/// reported by the flush.
#[derive(Debug, Clone)]
pub struct Metrics {
    namespace: Arc<str>,
    dimensions: Arc<Dimensions>,
    collected: Arc<Mutex<Collected>>,
}

/// What a flush has written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flushed {
    /// How many lines.
    pub lines: usize,
    /// What is missing in them. A defect of the code that recorded it: worth a line in the log.
    pub rejected: Vec<Rejected>,
}

/// Why a flush failed.
#[derive(Debug, thiserror::Error)]
pub enum FlushError {
    /// The moment is before 1970, which no timestamp can say.
    #[error("the time given is before 1970")]
    Time,
    /// A line is no JSON; the cause says where.
    #[error("the metrics could not be put into JSON")]
    Json(#[from] serde_json::Error),
    /// The writer.
    #[error("the metrics could not be written")]
    Write(#[from] io::Error),
}

impl Metrics {
    /// Collects nothing yet. Namespaces hold metrics apart that have nothing to do with each
    /// other: a product has one.
    pub fn new(namespace: &str, dimensions: Dimensions) -> Result<Self, NameError> {
        name::check_namespace(namespace)?;
        Ok(Self {
            namespace: namespace.into(),
            dimensions: Arc::new(dimensions),
            collected: Arc::default(),
        })
    }

    /// The same collection under other dimensions: `metrics.dimensions().clone().with(...)?` adds.
    #[must_use]
    pub fn with(&self, dimensions: Dimensions) -> Self {
        Self {
            dimensions: Arc::new(dimensions),
            ..self.clone()
        }
    }

    /// The same namespace and dimensions with a collection of its own, for an invocation that
    /// runs beside others in one process.
    #[must_use]
    pub fn detached(&self) -> Self {
        Self {
            collected: Arc::default(),
            ..self.clone()
        }
    }

    /// The dimensions that values are recorded under.
    pub fn dimensions(&self) -> &Dimensions {
        &self.dimensions
    }

    /// Adds to a count: one value at the flush, however often it is called.
    pub fn count(&self, metric: &Metric, by: f64) {
        self.lock().count(&self.dimensions, metric, by);
    }

    /// Adds one to a count.
    pub fn increment(&self, metric: &Metric) {
        self.count(metric, 1.0);
    }

    /// Adds a value to a distribution: each value counts for percentiles. In the metric's unit.
    pub fn record(&self, metric: &Metric, value: f64) {
        self.lock().record(&self.dimensions, metric, value);
    }

    /// Adds a length of time to a distribution, in milliseconds.
    pub fn record_millis(&self, metric: &Metric, length: Duration) {
        self.record(metric, length.as_secs_f64() * 1_000.0);
    }

    /// Says something that every line carries until the flush: a request id, a version. Never a
    /// secret, as with everything in a log.
    pub fn property(
        &self,
        name: impl Into<String>,
        value: impl Into<Value>,
    ) -> Result<(), PropertyError> {
        self.lock().properties.set(name.into(), value.into())
    }

    /// Writes everything collected, stamped `now`, and starts anew. Without values there is
    /// nothing to write. If the writer fails everything is kept for the next flush.
    ///
    /// Recording waits while this writes: give it standard output or a buffer.
    pub fn flush(&self, now: SystemTime, writer: &mut impl Write) -> Result<Flushed, FlushError> {
        let since = now.duration_since(UNIX_EPOCH);
        let since = since.map_err(|_| FlushError::Time)?.as_millis();
        let mut collected = self.lock();
        let mut text = Vec::new();
        let lines = self.write(&collected, saturated(since), &mut text)?;
        // In one piece, so that lines of others come between ours and not into them.
        writer.write_all(&text)?;
        writer.flush()?;
        let rejected = collected.rejected();
        *collected = Collected::default();
        Ok(Flushed { lines, rejected })
    }

    fn write(
        &self,
        collected: &Collected,
        timestamp: u64,
        text: &mut Vec<u8>,
    ) -> serde_json::Result<usize> {
        let mut lines = 0;
        for (dimensions, group) in &collected.groups {
            let frame = Document {
                timestamp,
                namespace: &self.namespace,
                dimensions,
                properties: collected.properties.values(),
                chunks: &[],
            };
            for chunks in pack(group, &frame) {
                let chunks = &chunks;
                serde_json::to_writer(&mut *text, &Document { chunks, ..frame })?;
                text.push(b'\n');
                lines += 1;
            }
        }
        Ok(lines)
    }

    /// A panic while the lock is held leaves at worst one value out.
    fn lock(&self) -> MutexGuard<'_, Collected> {
        self.collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn saturated(millis: u128) -> u64 {
    u64::try_from(millis).unwrap_or(u64::MAX)
}
