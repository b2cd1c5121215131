//! A tick of the schedule in, the times of a round trip out.

use std::collections::BTreeMap;
use std::sync::Arc;

use boot::SUMMARY;
use domain::ports::{PortError, SecretReader};
use lambda_runtime::Diagnostic;
use metrics::Meter;
use probe::{Login, Probe, RoundTrip};
use serde::Serialize;
use serde::de::IgnoredAny;

/// Makes round trips.
pub(crate) struct Canary {
    /// Holds the user's name and password, as JSON.
    pub(crate) login: Arc<dyn SecretReader>,
    /// Makes them.
    pub(crate) probe: Probe,
    /// Counts and measures them.
    pub(crate) meter: Meter,
}

/// How long it took, in milliseconds, for whoever invokes the function by hand.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Answer {
    total_ms: f64,
    steps_ms: BTreeMap<&'static str, f64>,
}

/// The invocation counts as failed, so that an alarm on errors sees it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error("the canary's name and password could not be read")]
    Secret(#[source] PortError),
    /// What it holds is not shown, and neither is where it is wrong: that would show a part of it.
    #[error("the canary's secret is not JSON with username and password")]
    NotALogin,
    #[error(transparent)]
    Trip(#[from] probe::Failed),
}

impl Failed {
    /// What has failed: a step, or what comes before the first.
    fn step(&self) -> &'static str {
        match self {
            Self::Secret(_) | Self::NotALogin => "login",
            Self::Trip(failed) => failed.step.as_str(),
        }
    }
}

impl From<Failed> for Diagnostic {
    fn from(error: Failed) -> Self {
        Self {
            error_type: error.step().into(),
            error_message: boot::causes(&error),
        }
    }
}

impl Canary {
    /// Makes one round trip. What the event says does not matter: a person who invokes the function
    /// may send anything.
    pub(crate) async fn handle(&self, _tick: IgnoredAny) -> Result<Answer, Failed> {
        let outcome = self.fly().await;
        self.count(&outcome);
        log(&outcome);
        let (trip, failed) = outcome;
        match failed {
            Some(failed) => Err(failed),
            None => Ok(answer(&trip)),
        }
    }

    /// As far as it went, and why no further.
    async fn fly(&self) -> (RoundTrip, Option<Failed>) {
        match self.login().await {
            Ok(login) => {
                let mut trip = self.probe.round_trip(&login).await;
                let failed = trip.failed.take().map(Failed::from);
                (trip, failed)
            }
            Err(failed) => (RoundTrip::default(), Some(failed)),
        }
    }

    async fn login(&self) -> Result<Login, Failed> {
        let text = self.login.read().await.map_err(Failed::Secret)?;
        serde_json::from_str(&text).map_err(|_| Failed::NotALogin)
    }

    fn count(&self, (trip, failed): &(RoundTrip, Option<Failed>)) {
        for (step, time) in &trip.steps {
            self.meter.canary_step(step.as_str(), *time);
        }
        self.meter.canary(failed.as_ref().map(Failed::step));
    }
}

fn answer(trip: &RoundTrip) -> Answer {
    let steps = trip.steps.iter();
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1_000.0;
    Answer {
        total_ms: millis(trip.total()),
        steps_ms: steps
            .map(|(step, time)| (step.as_str(), millis(*time)))
            .collect(),
    }
}

fn log((trip, failed): &(RoundTrip, Option<Failed>)) {
    let duration_ms = trip.total().as_secs_f64() * 1_000.0;
    match failed {
        None => tracing::info!(target: SUMMARY, { duration_ms }, "went round"),
        Some(failed) => {
            let (canary_step, error) = (failed.step(), boot::causes(failed));
            tracing::error!(
                target: SUMMARY,
                { canary.step = canary_step, error, duration_ms },
                "did not go round"
            );
        }
    }
}

#[cfg(test)]
mod tests;
