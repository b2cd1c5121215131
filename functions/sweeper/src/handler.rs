//! A tick of the schedule in, what was swept out.

use std::time::Instant;

use app::Sweep;
use app::sweep::Swept;
use boot::SUMMARY;
use lambda_runtime::Diagnostic;
use metrics::Meter;
use serde::Serialize;
use serde::de::IgnoredAny;

/// Sweeps.
pub(crate) struct Sweeper {
    /// Picks up what has been left behind.
    pub(crate) sweep: Sweep,
    /// Counts what was swept.
    pub(crate) meter: Meter,
}

/// What a run did, for whoever invokes the function by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    requeued: usize,
    dead_leases: usize,
    places_freed: usize,
    admitted: usize,
    connections_removed: usize,
    tickets_removed: usize,
    idempotency_keys_removed: usize,
    hours_rolled_up: usize,
    operators_told: bool,
}

/// The invocation counts as failed, so that an alarm on errors sees it. The schedule's next tick
/// goes on where this one has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} calls of the sweep failed: see the notes of its line")]
pub(crate) struct Incomplete(usize);

impl From<Incomplete> for Diagnostic {
    fn from(error: Incomplete) -> Self {
        Self {
            error_type: "Incomplete".into(),
            error_message: error.to_string(),
        }
    }
}

impl Sweeper {
    /// Sweeps once. What the event says does not matter: a person who invokes the function may
    /// send anything.
    pub(crate) async fn handle(&self, _tick: IgnoredAny) -> Result<Answer, Incomplete> {
        let started = Instant::now();
        let swept = self.sweep.run().await;
        log(swept, started.elapsed().as_secs_f64() * 1_000.0);
        self.count(swept);
        if swept.faults > 0 {
            return Err(Incomplete(swept.faults));
        }
        Ok(Answer {
            requeued: swept.requeued,
            dead_leases: swept.dead_leases,
            places_freed: swept.places_freed,
            admitted: swept.admitted,
            connections_removed: swept.connections_removed,
            tickets_removed: swept.tickets_removed,
            idempotency_keys_removed: swept.keys_removed,
            hours_rolled_up: swept.hours_rolled_up,
            operators_told: swept.operators_told,
        })
    }

    fn count(&self, swept: Swept) {
        for (thing, count) in [
            ("tasks_requeued", swept.requeued),
            ("dead_leases", swept.dead_leases),
            ("places_freed", swept.places_freed),
            ("tasks_admitted", swept.admitted),
            ("connections", swept.connections_removed),
            ("tickets", swept.tickets_removed),
            ("idempotency_keys", swept.keys_removed),
            ("hours_rolled_up", swept.hours_rolled_up),
            ("faults", swept.faults),
        ] {
            self.meter.swept(thing, count);
        }
    }
}

fn log(swept: Swept, duration_ms: f64) {
    tracing::info!(
        target: SUMMARY,
        {
            sweep.requeued = swept.requeued,
            sweep.dead_leases = swept.dead_leases,
            sweep.places_freed = swept.places_freed,
            sweep.admitted = swept.admitted,
            sweep.connections_removed = swept.connections_removed,
            sweep.tickets_removed = swept.tickets_removed,
            sweep.idempotency_keys_removed = swept.keys_removed,
            sweep.hours_rolled_up = swept.hours_rolled_up,
            sweep.operators_told = swept.operators_told,
            sweep.faults = swept.faults,
            duration_ms,
        },
        "swept"
    );
}

#[cfg(test)]
mod tests;
