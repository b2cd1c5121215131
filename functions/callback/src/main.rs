//! Tells submitters of the ends of their tasks, by signed webhooks.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use app::{DeliverCallback, WebhookSecrets, deliver_callback, get_task::GetTask};
use aws::Sdk;
use boot::settings::Reader;
use boot::{CaptureSettings, Capturer, OsEntropy, Queue, SystemClock};
use lambda_runtime::Error;
use metrics::Meter;
use webhooks::{Guard, Sender};

use crate::handler::Callbacks;

/// How receivers know us.
const AGENT: &str = concat!("adology/", env!("CARGO_PKG_VERSION"));

struct Settings {
    stage: String,
    capture: Option<CaptureSettings>,
    tasks_table: String,
    results_bucket: String,
    callbacks_queue: String,
    callbacks_dlq: String,
    root_secret: String,
    guard: Guard,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        stage: reader.text_or("STAGE", "local"),
        capture: CaptureSettings::read(reader),
        tasks_table: reader.text("TASKS_TABLE"),
        results_bucket: reader.text("RESULTS_BUCKET"),
        callbacks_queue: reader.address("CALLBACKS_QUEUE_URL", &["https", "http"]),
        callbacks_dlq: reader.address("CALLBACKS_DLQ_URL", &["https", "http"]),
        root_secret: reader.text("WEBHOOK_ROOT_SECRET"),
        guard: reader.parsed("CALLBACK_ALLOW"),
    }
}

async fn serve(mut settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "callback", Arc::new(SystemClock))?;
    let sdk = Sdk::load().await?;
    let open = aws::s3::CaptureBucket::opener(&sdk);
    let capturer = Capturer::of(
        settings.capture.take(),
        open,
        "callback",
        "callback",
        &meter,
    );
    let callbacks = Arc::new(wire(&sdk, settings, &meter)?);
    let handle = move |event, deadline| {
        let callbacks = Arc::clone(&callbacks);
        async move { callbacks.handle(event, deadline).await }
    };
    boot::serve_batches(meter, capturer, handle).await
}

fn wire(sdk: &Sdk, settings: Settings, meter: &Meter) -> Result<Callbacks, Error> {
    let clock = Arc::new(SystemClock);
    let entropy = Arc::new(OsEntropy);
    let tasks = aws::dynamo::Tasks::new(sdk, settings.tasks_table, clock.clone());
    let roots = aws::secrets::RootSecretReader::new(sdk, settings.root_secret);
    let deliver = DeliverCallback {
        get_task: GetTask {
            tasks: Arc::new(tasks),
            results: Arc::new(aws::s3::Results::new(sdk, settings.results_bucket)),
            clock: clock.clone(),
        },
        secrets: WebhookSecrets {
            roots: Arc::new(roots),
        },
        sender: Sender::new(settings.guard, AGENT)?.schedule(deliver_callback::schedule()),
        clock,
        entropy: entropy.clone(),
    };
    let dead_letters = aws::sqs::DeadLetterSender::new(sdk, settings.callbacks_dlq);
    Ok(Callbacks {
        deliver,
        queue: Queue {
            deliveries: Arc::new(aws::sqs::Receipts::new(sdk, settings.callbacks_queue)),
            dead_letters: Arc::new(dead_letters),
        },
        entropy,
        meter: meter.clone(),
    })
}
