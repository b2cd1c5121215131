//! Serves Lambda's events.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::Trace;
use domain::ports::Entropy;
use lambda_runtime::{Context, Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::{Instrument as _, info_span};

use crate::OsEntropy;

/// Hands every event to the handler, with what Lambda says of the invocation, and its answer back,
/// until the process ends. On Lambda Managed Instances a process has several events in hand at once,
/// as many as `AWS_LAMBDA_MAX_CONCURRENCY` says; else one.
///
/// What is logged meanwhile belongs to the invocation's one line. The handler writes that, by an
/// event with the target [`crate::SUMMARY`].
pub async fn serve<A, R, E, F>(
    handler: impl Fn(LambdaEvent<A>) -> F + Clone + Send + 'static,
) -> Result<(), Error>
where
    A: DeserializeOwned + Send + 'static,
    R: Serialize + Send + 'static,
    E: Into<Diagnostic> + Debug + Send + 'static,
    F: Future<Output = Result<R, E>> + Send + 'static,
{
    let cold = Arc::new(AtomicBool::new(true));
    let service = service_fn(move |event: LambdaEvent<A>| {
        let span = info_span!(
            "invocation",
            faas.invocation_id = event.context.request_id,
            faas.coldstart = cold.swap(false, Ordering::Relaxed),
            trace.id = trace(&event.context, &OsEntropy).id(),
        );
        handler(event).instrument(span)
    });
    lambda_runtime::run_concurrent(service).await
}

/// The trace that Lambda gave the invocation; else a new one.
pub fn trace(context: &Context, entropy: &dyn Entropy) -> Trace {
    let given = context.xray_trace_id.as_deref();
    let given = given.and_then(Trace::from_xray);
    given.map_or_else(|| Trace::begin(entropy), |trace| trace.next(entropy))
}
