//! Runs queued tasks, on Lambda.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::run_task::Release;
use aws::Sdk;
use boot::{Capturer, SystemClock};
use lambda_runtime::Error;
use metrics::Meter;
use tasks::OpenUploads;
use worker::{Settings, wire};

/// How long the uploads of tasks that were stopped are waited for, once per batch: within what an
/// invocation keeps back of its time.
const CLEAN_UP: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    boot::start_with_threads(Settings::read, serve)
}

async fn serve(mut settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "worker", Arc::new(SystemClock))?;
    let uploads = OpenUploads::default();
    let sdk = Sdk::load().await?;
    let open = aws::s3::CaptureBucket::opener(&sdk);
    let capturer = Capturer::of(settings.capture.take(), open, "worker", "worker", &meter);
    // Lambda freezes a process that has nothing to do and stops one that is frozen: there is never
    // anything to give back.
    let sources = wire(&sdk, settings, &meter, &uploads, Release::never()).await?;
    let sources = Arc::new(sources);
    boot::serve_batches(meter, capturer, move |event, deadline| {
        let (sources, uploads) = (Arc::clone(&sources), uploads.clone());
        async move {
            let report = sources.of(&event).handle(event, Some(deadline)).await;
            // Afterwards the process may be frozen. What is not done by then, the next attempt or
            // the bucket's own rule does.
            let _ = tokio::time::timeout(CLEAN_UP, uploads.closed()).await;
            report
        }
    })
    .await
}
