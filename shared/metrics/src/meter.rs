//! Collects what happens during one invocation.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::ports::Clock;
use emf::{DimensionError, Dimensions, Metric, Metrics, NameError, Unit};
use time::OffsetDateTime;

/// The namespace of everything that Adology measures.
const NAMESPACE: &str = "Adology";

const SWEPT: Metric = Metric::new("Swept", Unit::Count);
const ITEM_FAILURES: Metric = Metric::new("BatchItemFailures", Unit::Count);
const DEAD_LETTERS: Metric = Metric::new("DeadLetters", Unit::Count);
const CAPTURES: Metric = Metric::new("Captures", Unit::Count);
const CAPTURES_FAILED: Metric = Metric::new("CapturesFailed", Unit::Count);

/// Collects what happens and writes it at the end of an invocation. Clones collect into the same
/// place.
#[derive(Clone)]
pub struct Meter {
    all: Metrics,
    function: &'static str,
    in_flight: Arc<AtomicUsize>,
    clock: Arc<dyn Clock>,
}

/// The name of the deployment cannot be part of a metric.
#[derive(Debug, thiserror::Error)]
pub enum InvalidStage {
    /// It is empty or not plain ASCII.
    #[error("the stage's name cannot be a dimension")]
    Dimension(#[from] DimensionError),
    /// The namespace is not one.
    #[error("the namespace of the metrics is not one")]
    Namespace(#[from] NameError),
}

impl Meter {
    /// Collects nothing yet. `stage` names the deployment, `function` who measures.
    pub fn new(
        stage: &str,
        function: &'static str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidStage> {
        let stage = Dimensions::new().with("Stage", stage)?;
        Ok(Self {
            all: Metrics::new(NAMESPACE, stage)?,
            function,
            in_flight: Arc::default(),
            clock,
        })
    }

    /// What a sweep did with how many of a kind of thing, such as `tasks_requeued`.
    pub fn swept(&self, thing: &str, count: usize) {
        if count > 0 {
            self.by(&[("Thing", thing)]).count(&SWEPT, of(count));
        }
    }

    /// How many messages of a batch come back, and how many became dead letters.
    pub fn batch(&self, come_back: usize, dead_letters: usize) {
        let by_function = self.by(&[("Function", self.function)]);
        for (metric, count) in [(&ITEM_FAILURES, come_back), (&DEAD_LETTERS, dead_letters)] {
            if count > 0 {
                by_function.count(metric, of(count));
            }
        }
    }

    /// Whether the failed records of a batch could be captured.
    pub fn captured(&self, kept: bool) {
        let metric = if kept { &CAPTURES } else { &CAPTURES_FAILED };
        self.by(&[("Function", self.function)]).increment(metric);
    }

    /// Does the work of one invocation, then writes what was collected meanwhile.
    pub async fn around<T>(&self, work: impl Future<Output = T>) -> T {
        let outcome = work.await;
        self.flush();
        outcome
    }

    /// Writes what was collected to standard output, one line for each set of dimensions. What
    /// cannot be written is worth a line in the log, and no failure.
    pub fn flush(&self) {
        self.flush_to(&mut io::stdout().lock());
    }

    /// The same, to another place.
    pub fn flush_to(&self, writer: &mut impl Write) {
        match self.all.flush(self.clock.now().into(), writer) {
            Ok(flushed) => {
                for rejected in flushed.rejected {
                    tracing::warn!(?rejected, "a metric is not as it should be");
                }
            }
            Err(error) => tracing::warn!(error = domain::causes(&error), "no metrics were written"),
        }
    }

    /// What is recorded under the stage and these dimensions, and by the stage alone, too. A value
    /// that cannot be a dimension is left to the stage.
    pub(crate) fn by(&self, dimensions: &[(&str, &str)]) -> Metrics {
        let stage = self.all.dimensions().clone();
        let mut finer = Ok(stage);
        for (name, value) in dimensions {
            finer = finer.and_then(|finer| finer.with(*name, *value));
        }
        match finer.and_then(|finer| finer.rolled_up_to(["Stage"])) {
            Ok(finer) => self.all.with(finer),
            Err(_) => self.all.clone(),
        }
    }

    /// One more in hand; gives how many there are.
    pub(crate) fn taken(&self) -> usize {
        self.in_flight.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// One less in hand, where there was any: an end may come from somebody else.
    pub(crate) fn given_back(&self) {
        let less = |count: usize| count.checked_sub(1);
        let _ = self
            .in_flight
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

/// Counts are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn of(count: usize) -> f64 {
    count as f64
}

/// The time from one moment to a later one.
pub(crate) fn between(from: OffsetDateTime, to: OffsetDateTime) -> std::time::Duration {
    (to - from).try_into().unwrap_or_default()
}
