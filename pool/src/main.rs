//! Runs queued tasks on machines that are there anyway.
//!
//! The worker is that of the Lambda function `worker`; what differs is who fetches the messages. Asked
//! to end, by SIGTERM or SIGINT, a pool takes no further tasks, lets those in hand go on for a while,
//! and gives back those that last longer. Asked a second time it ends at once: leases and the queues'
//! timeouts do the rest, as after a crash.

mod beat;
mod consume;
mod drain;
mod health;
mod probe;
mod settings;
mod stop;
mod tally;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::run_task::Releaser;
use aws::Sdk;
use aws::dynamo::Heartbeats;
use aws::sqs::PolledQueue;
use boot::{Capturer, OsEntropy, SystemClock};
use domain::ids::PoolId;
use domain::ports::{Clock, Entropy};
use lambda_runtime::Error;
use metrics::Meter;
use tasks::OpenUploads;
use tokio::time::timeout;

use crate::beat::Beat;
use crate::consume::Consumer;
use crate::drain::{Drain, Drained};
use crate::health::Health;
use crate::settings::Settings;
use crate::stop::StopSignals;

/// How long the uploads of tasks that were stopped are waited for at the end. What is not done by then,
/// the next attempt or the bucket's own rule does.
const CLEAN_UP: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("health") {
        return probe::main();
    }
    boot::start_with_threads(Settings::read, serve)
}

async fn serve(mut settings: Settings) -> Result<(), Error> {
    let signals = StopSignals::listen()?;
    let meter = Meter::new(&settings.worker.stage, "pool", Arc::new(SystemClock))?;
    let sdk = Sdk::load().await?;
    // An event of these queues is the worker's, whoever handles it.
    let open = aws::s3::CaptureBucket::opener(&sdk);
    let capture = settings.worker.capture.take();
    let capturer = Capturer::of(capture, open, "worker", "pool", &meter);
    let queue = |url: &str| PolledQueue::new(&sdk, url);
    let queues = [
        queue(&settings.worker.task_queue),
        queue(&settings.worker.urgent_task_queue),
    ];
    let (releaser, release) = Releaser::new();
    let uploads = OpenUploads::default();
    let workers = worker::wire(&sdk, settings.worker, &meter, &uploads, release).await?;

    let [normal, urgent] = queues;
    let normal = Consumer::new(
        "normal",
        normal,
        workers.normal,
        settings.at_once,
        &meter,
        &capturer,
    );
    let urgent = Consumer::new(
        "urgent",
        urgent,
        workers.urgent,
        settings.urgent_at_once,
        &meter,
        &capturer,
    );
    let health = Health::of([normal.pulse(), urgent.pulse()]);
    let listening = health.listen(settings.health_port, settings.health_everywhere);
    let listening = listening.await?;
    tracing::info!(
        health.port = listening.port(),
        tasks = settings.at_once,
        urgent_tasks = settings.urgent_at_once,
        "takes tasks"
    );

    let clock = Arc::new(SystemClock);
    let beat = Beat {
        heartbeats: Arc::new(Heartbeats::new(&sdk, settings.pool_table, clock.clone())),
        id: PoolId::new(OsEntropy.random().to_string())?,
        started_at: clock.now(),
        clock,
        queues: [normal.watched(), urgent.watched()],
    };
    let beating = beat.start();

    let (drain, stopping) = Drain::new(releaser, settings.drain);
    // Whoever takes nothing any more says so before what it has in hand is done.
    let last_word = async {
        stopping.clone().asked().await;
        beating.end().await;
    };
    let consuming = async {
        tokio::join!(
            normal.run(stopping.clone()),
            urgent.run(stopping.clone()),
            last_word
        );
        let _ = timeout(CLEAN_UP, uploads.closed()).await;
    };
    let drained = tokio::select! {
        () = consuming => Drained::Whole,
        () = listening.serve() => Drained::Whole,
        cut = drain.run(signals) => cut,
    };
    tracing::info!(drained = drained.as_str(), "stopped");
    Ok(())
}
