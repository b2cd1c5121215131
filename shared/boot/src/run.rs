//! Serves Lambda's events.

use std::fmt::Debug;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::{Instrument as _, info_span};

/// Hands every event to the handler and its answer back, until the process ends.
///
/// Every invocation leaves one line with its duration, whatever else is logged; lines in between
/// carry its id.
pub async fn run<A, R, E, F>(handler: impl Fn(A) -> F) -> Result<(), Error>
where
    A: DeserializeOwned,
    R: Serialize,
    E: Into<Diagnostic> + Debug,
    F: Future<Output = Result<R, E>>,
{
    serve(|event: LambdaEvent<A>| timed(handler(event.payload))).await
}

/// The same for handlers that leave a line of their own, with what Lambda says of the invocation.
pub async fn serve<A, R, E, F>(handler: impl Fn(LambdaEvent<A>) -> F) -> Result<(), Error>
where
    A: DeserializeOwned,
    R: Serialize,
    E: Into<Diagnostic> + Debug,
    F: Future<Output = Result<R, E>>,
{
    let cold = AtomicBool::new(true);
    let service = service_fn(|event: LambdaEvent<A>| {
        let span = info_span!(
            "invocation",
            faas.invocation_id = event.context.request_id,
            faas.coldstart = cold.swap(false, Ordering::Relaxed),
        );
        handler(event).instrument(span)
    });
    lambda_runtime::run(service).await
}

async fn timed<R, E: Debug>(work: impl Future<Output = Result<R, E>>) -> Result<R, E> {
    let started = Instant::now();
    let outcome = work.await;
    let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
    match &outcome {
        Ok(_) => tracing::info!(duration_ms, "handled"),
        Err(error) => tracing::error!(duration_ms, ?error, "not handled"),
    }
    outcome
}
