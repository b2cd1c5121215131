//! Keeps the records of a batch that failed, so that they can be handed to a function again on somebody's machine
//! (docs/ops-replay.md). Off, it costs nothing; on, a batch in which nothing failed costs a copy of its event.

mod record;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use domain::capture::{Capture, Scrub};
use domain::ports::{Captures, Clock, Entropy, PortError};
use metrics::Meter;
use serde_json::{Value, json};
use sqs_batch::{Report, Settled};
use tracing::Instrument as _;

use crate::{OsEntropy, SystemClock};
pub use settings::CaptureSettings;
use settings::What;

/// How long a capture may take. A part of what an invocation keeps back of its time, so that it never costs a batch
/// its answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Captures what fails of one function's batches, where that is wanted.
#[derive(Clone, Default)]
pub struct Capturer(Option<Arc<On>>);

struct On {
    what: What,
    scrub: Scrub,
    captures: Arc<dyn Captures>,
    function: &'static str,
    by: &'static str,
    meter: Meter,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// A batch, as it was before somebody took it apart.
pub struct Seen(Option<(Arc<On>, SqsEvent)>);

impl Capturer {
    /// As the settings say; off where there are none. `function` is the one that gets events of these queues, `by` who
    /// handles them here, and `open` makes the adapter for a bucket.
    pub fn of(
        settings: Option<CaptureSettings>,
        open: impl FnOnce(String) -> Arc<dyn Captures>,
        function: &'static str,
        by: &'static str,
        meter: &Meter,
    ) -> Self {
        Self(settings.map(|settings| {
            Arc::new(On {
                what: settings.what,
                scrub: settings.scrub,
                captures: open(settings.bucket),
                function,
                by,
                meter: meter.clone(),
                clock: Arc::new(SystemClock),
                entropy: Arc::new(OsEntropy),
            })
        }))
    }

    /// Looks at a batch before it is handled.
    pub fn see(&self, event: &SqsEvent) -> Seen {
        let on = self.0.as_ref();
        Seen(on.map(|on| (on.clone(), event.clone())))
    }
}

impl Seen {
    /// Waits for the work, which is the batch's, and keeps what failed of it. Whatever goes wrong with that changes
    /// nothing of what became of the batch.
    pub async fn around(self, work: impl Future<Output = Report>) -> Report {
        let report = work.await;
        let Some((on, event)) = self.0 else {
            return report;
        };
        if report
            .records
            .iter()
            .any(|record| on.what.wants(&record.end))
        {
            on.capture(event, &report).await;
        }
        report
    }
}

impl On {
    /// A task of its own: a panic is its own as well.
    async fn capture(self: Arc<Self>, event: SqsEvent, report: &Report) {
        let batch = event.records.len();
        let pairs = event.records.into_iter().zip(&report.records);
        let failed = pairs.filter(|(_, record)| self.what.wants(&record.end));
        let failed: Vec<_> = failed
            .map(|(message, settled)| (message, record::ended(settled)))
            .collect();
        let on = self.clone();
        let keeping = async move { on.keep(batch, failed).await }.in_current_span();
        let keeping = tokio::spawn(keeping);
        let stop = keeping.abort_handle();
        let kept = match tokio::time::timeout(PATIENCE, keeping).await {
            Ok(Ok(kept)) => kept.map_err(|error| domain::causes(&error)),
            Ok(Err(panic)) => Err(panic.to_string()),
            Err(_) => Err(format!("not kept within {} s", PATIENCE.as_secs())),
        };
        stop.abort();
        self.meter.captured(kept.is_ok());
        match kept {
            Ok(key) => tracing::info!(capture.key = key, "what failed was captured"),
            Err(error) => tracing::warn!(error, "what failed was not captured"),
        }
    }

    async fn keep(
        &self,
        batch: usize,
        failed: Vec<(SqsMessage, domain::capture::CapturedRecord)>,
    ) -> Result<String, PortError> {
        let events = failed.iter().enumerate();
        let events: Vec<Value> = events
            .map(|(place, (message, _))| record::scrubbed(&self.scrub, place, message))
            .collect();
        let capture = Capture {
            function: self.function.into(),
            by: self.by.into(),
            at: self.clock.now(),
            id: self.entropy.random(),
            batch,
            records: failed.into_iter().map(|(_, record)| record).collect(),
            event: json!({ "Records": events }),
        };
        self.captures.keep(&capture).await
    }
}

#[cfg(test)]
mod tests;
