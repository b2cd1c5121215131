//! Posts task updates, what was missed of them, and broadcasts to the open connections.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use app::count_messages::Pushed;
use app::{CountMessages, HangUp, PushBroadcast, PushPosting, PushUpdates, ReplayTasks};
use aws::Sdk;
use boot::settings::Reader;
use boot::{CaptureSettings, Capturer, OsEntropy, Queue, SystemClock};
use lambda_runtime::Error;
use metrics::{Meter, MeteredLateUsage, MeteredPostman};

use crate::handler::Pusher;

struct Settings {
    stage: String,
    capture: Option<CaptureSettings>,
    connections_table: String,
    results_bucket: String,
    tasks_table: String,
    updates_queue: String,
    management_endpoint: String,
    updates_dlq: String,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        stage: reader.text_or("STAGE", "local"),
        capture: CaptureSettings::read(reader),
        connections_table: reader.text("CONNECTIONS_TABLE"),
        results_bucket: reader.text("RESULTS_BUCKET"),
        tasks_table: reader.text("TASKS_TABLE"),
        updates_queue: reader.address("UPDATES_QUEUE_URL", &["https", "http"]),
        management_endpoint: reader.address("MANAGEMENT_ENDPOINT", &["https", "http"]),
        updates_dlq: reader.address("UPDATES_DLQ_URL", &["https", "http"]),
    }
}

async fn serve(mut settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "pusher", Arc::new(SystemClock))?;
    let sdk = Sdk::load().await?;
    let open = aws::s3::CaptureBucket::opener(&sdk);
    let capturer = Capturer::of(settings.capture.take(), open, "pusher", "pusher", &meter);
    let pusher = Arc::new(wire(&sdk, settings, &meter));
    let handle = move |event, deadline| {
        let pusher = Arc::clone(&pusher);
        Box::pin(async move { pusher.handle(event, deadline).await })
    };
    boot::serve_batches(meter, capturer, handle).await
}

fn wire(sdk: &Sdk, settings: Settings, meter: &Meter) -> Pusher {
    let connections = aws::dynamo::Connections::new(sdk, settings.connections_table);
    let connections = Arc::new(connections);
    let posts = Arc::new(aws::gateway::Posts::new(sdk, settings.management_endpoint));
    let clock = Arc::new(SystemClock);
    let entropy = Arc::new(OsEntropy);
    let pushed = Pushed::default();
    let push_updates = PushUpdates {
        pushed: pushed.clone(),
        connections: connections.clone(),
        postman: Arc::new(MeteredPostman::new(posts.clone(), meter)),
        results: Arc::new(aws::s3::Results::new(sdk, settings.results_bucket)),
        clock: clock.clone(),
        entropy: entropy.clone(),
    };
    let tasks = Arc::new(aws::dynamo::Tasks::new(sdk, settings.tasks_table, clock));
    let sender = aws::sqs::UpdateSender::new(sdk, &settings.updates_queue);
    let parts = aws::sqs::BroadcastSender::new(sdk, &settings.updates_queue);
    let push_broadcast = PushBroadcast {
        audience: connections.clone(),
        connections: connections.clone(),
        postman: posts.clone(),
        queue: Arc::new(parts),
        clock: Arc::new(SystemClock),
        entropy: entropy.clone(),
    };
    let push_posting = PushPosting {
        connections: connections.clone(),
        postman: posts.clone(),
        clock: Arc::new(SystemClock),
        entropy: entropy.clone(),
    };
    Pusher {
        push_broadcast,
        push_posting,
        queue: Queue {
            deliveries: Arc::new(aws::sqs::Receipts::new(sdk, settings.updates_queue)),
            dead_letters: Arc::new(aws::sqs::DeadLetterSender::new(sdk, settings.updates_dlq)),
        },
        replay_tasks: ReplayTasks {
            tasks: tasks.clone(),
            push: push_updates.clone(),
            queue: Arc::new(sender),
        },
        count_messages: CountMessages {
            pushed,
            late_usage: Arc::new(MeteredLateUsage::new(tasks, meter)),
        },
        hang_up: HangUp {
            switchboard: posts,
            connections,
        },
        push_updates,
        entropy,
    }
}
