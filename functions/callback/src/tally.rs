//! Counts what becomes of callbacks, as metrics.

use std::io::Write;
use std::time::{Duration, SystemTime};

use app::deliver_callback::Fate;
use emf::{Dimensions, FlushError, Metric, Metrics, Unit};

/// Callbacks that their receivers have.
const DELIVERED: Metric = Metric::new("CallbacksDelivered", Unit::Count);
/// Attempts after which another one follows.
const RETRIED: Metric = Metric::new("CallbacksRetried", Unit::Count);
/// Callbacks that became dead letters.
const GIVEN_UP: Metric = Metric::new("CallbacksGivenUp", Unit::Count);
/// Callbacks whose receivers want no more (410).
const REFUSED: Metric = Metric::new("CallbacksRefused", Unit::Count);
/// Attempts that did not leave because a store of ours was away.
const NOT_SENT: Metric = Metric::new("CallbacksNotSent", Unit::Count);
/// How long attempts take, the reading of the task included.
const TIME: Metric = Metric::new("CallbackTime", Unit::Milliseconds);

/// Counts of one process, between two flushes.
#[derive(Debug, Clone)]
pub(crate) struct Tally(Metrics);

impl Tally {
    /// Nothing counted yet.
    pub(crate) fn new() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let dimensions = Dimensions::new().with("Service", "callback")?;
        Ok(Self(Metrics::new("Adology", dimensions)?))
    }

    /// Counts an attempt.
    pub(crate) fn sent(&self, fate: &Fate, duration: Duration) {
        let metric = match fate {
            Fate::Delivered(_) => &DELIVERED,
            Fate::Refused => &REFUSED,
            Fate::Again { .. } => &RETRIED,
            Fate::GivenUp(_) => &GIVEN_UP,
            Fate::NothingToTell => return,
        };
        self.0.increment(metric);
        self.0.record_millis(&TIME, duration);
    }

    /// Counts an attempt that never left.
    pub(crate) fn not_sent(&self) {
        self.0.increment(&NOT_SENT);
    }

    /// Writes what was counted.
    pub(crate) fn flush(&self, now: SystemTime, writer: &mut impl Write) -> Result<(), FlushError> {
        self.0.flush(now, writer).map(drop)
    }
}
