//! A batch of callbacks in, what became of each out.

use std::sync::Arc;
use std::time::Duration;

use app::DeliverCallback;
use app::deliver_callback::{DeliverCallbackError, Fate};
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use boot::Queue;
use domain::ports::{Entropy, PortError};
use domain::{Callback, causes};
use metrics::Meter;
use sqs_batch::{Backoff, Batch, Delivery, Failure, Outcome, Report, Retry};
use tokio::time::Instant;
use tracing::{Instrument as _, info_span};

/// Callbacks that are sent at the same time: the whole batch, so that a slow receiver delays none
/// of the others.
const AT_ONCE: usize = 10;

/// The wait while a store of ours is away. The queue counts these deliveries like attempts, so they
/// are spread over minutes.
const OUTAGE: Backoff = Backoff {
    base: Duration::from_secs(5),
    cap: Duration::from_mins(30),
    attempts: 10,
};

/// Sends callbacks.
pub(crate) struct Callbacks {
    /// Sends one.
    pub(crate) deliver: DeliverCallback,
    /// The callbacks queue, and where its dead letters go.
    pub(crate) queue: Queue,
    /// Makes jitter.
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Counts what becomes of them.
    pub(crate) meter: Meter,
}

/// Why nothing was sent, as a person reads it.
#[derive(Debug, thiserror::Error)]
#[error("callback_not_sent")]
struct NotSent(#[from] DeliverCallbackError);

impl Failure for NotSent {
    fn retry(&self) -> Retry {
        match &self.0 {
            DeliverCallbackError::Unwritable(_)
            | DeliverCallbackError::Store(PortError::Broken { .. }) => Retry::Permanent,
            DeliverCallbackError::Store(_) => Retry::Transient,
        }
    }
}

impl Callbacks {
    /// Sends the callbacks of a batch at the same time.
    pub(crate) async fn handle(&self, event: SqsEvent, deadline: Instant) -> Report {
        let batch = Batch::new(AT_ONCE)
            .hide_by(&self.queue)
            .bury_by(&self.queue)
            .until(deadline);
        batch.run(event, read, |delivery| self.one(delivery)).await
    }

    async fn one(&self, delivery: Delivery<Callback>) -> Outcome {
        let attempt = delivery.receive_count;
        let Callback {
            tenant,
            request_id,
            version,
            trace,
        } = &delivery.body;
        let span = info_span!(
            "callback",
            task.id = %request_id,
            %tenant,
            task.version = version,
            attempt,
            trace.id = trace.map(|trace| trace.id()),
        );
        self.attempt(&delivery.body, attempt).instrument(span).await
    }

    async fn attempt(&self, callback: &Callback, attempt: u32) -> Outcome {
        let started = Instant::now();
        let sent = self.deliver.run(callback, attempt).await;
        let duration = started.elapsed();
        match sent {
            Ok(fate) => {
                self.meter.callback(name(&fate), duration);
                log(&fate, duration);
                outcome(fate)
            }
            Err(error) => {
                self.meter.callback("not_sent", duration);
                tracing::warn!(error = causes(&error), "a callback was not sent");
                Outcome::after(attempt, Err(NotSent(error)), &OUTAGE, &*self.entropy)
            }
        }
    }
}

fn outcome(fate: Fate) -> Outcome {
    match fate {
        Fate::Delivered(_) | Fate::Refused | Fate::NothingToTell => Outcome::Done,
        Fate::Again { after, .. } => Outcome::RetryAfter(after),
        Fate::GivenUp(given_up) => Outcome::dead_letter(causes(&given_up)),
    }
}

/// The outcome's name among the metrics.
fn name(fate: &Fate) -> &'static str {
    match fate {
        Fate::Delivered(_) => "delivered",
        Fate::Refused => "gone",
        Fate::NothingToTell => "nothing_to_tell",
        Fate::Again { .. } => "to_be_retried",
        Fate::GivenUp(_) => "given_up",
    }
}

/// One line for each attempt. Receivers' addresses may hold secrets: they are in none of them.
fn log(fate: &Fate, duration: Duration) {
    let duration_ms = duration.as_secs_f64() * 1_000.0;
    match fate {
        Fate::Delivered(told) => {
            tracing::info!(http.status = told.status, duration_ms, "called back");
        }
        Fate::Refused => tracing::info!(duration_ms, "the receiver wants no callbacks (410)"),
        Fate::NothingToTell => tracing::warn!(duration_ms, "there is nothing to tell any more"),
        Fate::Again { after, problem } => {
            let (wait_s, error) = (after.as_secs(), causes(problem));
            tracing::warn!(wait_s, error, duration_ms, "not called back");
        }
        Fate::GivenUp(given_up) => {
            let (code, error) = (given_up.code, causes(&given_up.why));
            tracing::error!(error.code = code, error, duration_ms, "given up");
        }
    }
}

fn read(message: &SqsMessage) -> Result<Callback, String> {
    let body = message.body.as_deref().unwrap_or_default();
    let read = wire::queue::read_callback(body);
    read.map_err(|error| format!("unreadable_message: {}", causes(&error)))
}

#[cfg(test)]
mod tests;
