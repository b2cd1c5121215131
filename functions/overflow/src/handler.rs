//! A tick of the schedule in, who takes tasks out.

use std::time::Instant;

use app::ShareLoad;
use app::share_load::{LoadShared, ShareLoadError};
use boot::SUMMARY;
use lambda_runtime::Diagnostic;
use metrics::Meter;
use serde::Serialize;
use serde::de::IgnoredAny;

/// Decides who takes tasks.
pub(crate) struct Overflow {
    /// Looks, decides and switches.
    pub(crate) share: ShareLoad,
    /// Counts what was decided.
    pub(crate) meter: Meter,
}

/// What was decided and why, for whoever invokes the function by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    takers: &'static str,
    switched: bool,
    processes: usize,
    waiting: u64,
    oldest_wait_ms: u64,
}

/// The invocation counts as failed, so that an alarm on errors sees it. The schedule's next tick
/// tries again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Share(#[from] ShareLoadError),
    /// It was decided with less than there is to know.
    #[error("{0} calls failed, so Lambda takes tasks to be safe: see the notes of its line")]
    Blind(usize),
}

impl From<Failed> for Diagnostic {
    fn from(error: Failed) -> Self {
        let error_type = match &error {
            Failed::Share(ShareLoadError::State(_)) => "State",
            Failed::Share(ShareLoadError::Switch { .. }) => "Switch",
            Failed::Blind(_) => "Blind",
        };
        Self {
            error_type: error_type.into(),
            error_message: boot::causes(&error),
        }
    }
}

impl Overflow {
    /// Decides once. What the event says does not matter: a person who invokes the function may send
    /// anything.
    pub(crate) async fn handle(&self, _tick: IgnoredAny) -> Result<Answer, Failed> {
        let started = Instant::now();
        let shared = self.share.run().await;
        let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
        let shared = shared.inspect_err(|error| log_failure(error, duration_ms))?;
        log(shared, duration_ms);
        self.count(shared);
        if shared.faults > 0 {
            return Err(Failed::Blind(shared.faults));
        }
        Ok(Answer {
            takers: shared.takers.as_str(),
            switched: shared.switched,
            processes: shared.processes,
            waiting: shared.waiting,
            oldest_wait_ms: milliseconds(shared),
        })
    }

    fn count(&self, shared: LoadShared) {
        let takers = shared.takers;
        let wait = shared.oldest_wait.unsigned_abs();
        self.meter.pool_seen(shared.processes, wait);
        self.meter
            .load_shared(takers.as_str(), takers.need_lambda(), shared.switched);
    }
}

fn milliseconds(shared: LoadShared) -> u64 {
    u64::try_from(shared.oldest_wait.whole_milliseconds()).unwrap_or_default()
}

fn log(shared: LoadShared, duration_ms: f64) {
    tracing::info!(
        target: SUMMARY,
        {
            overflow.takers = shared.takers.as_str(),
            overflow.switched = shared.switched,
            overflow.processes = shared.processes,
            overflow.waiting = shared.waiting,
            overflow.oldest_wait_ms = milliseconds(shared),
            overflow.faults = shared.faults,
            duration_ms,
        },
        "decided who takes tasks"
    );
}

fn log_failure(error: &ShareLoadError, duration_ms: f64) {
    let error = boot::causes(error);
    tracing::error!(target: SUMMARY, { error, duration_ms }, "nothing decided");
}

#[cfg(test)]
mod tests;
