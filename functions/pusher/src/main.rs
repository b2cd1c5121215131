//! Posts task updates to the open connections.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use app::PushUpdates;
use aws::Sdk;
use boot::settings::Reader;
use boot::{OsEntropy, Queue, SystemClock};
use lambda_runtime::Error;

use crate::handler::Pusher;

struct Settings {
    connections_table: String,
    results_bucket: String,
    management_endpoint: String,
    updates_queue: String,
    updates_dlq: String,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        connections_table: reader.text("CONNECTIONS_TABLE"),
        results_bucket: reader.text("RESULTS_BUCKET"),
        management_endpoint: reader.address("MANAGEMENT_ENDPOINT", &["https", "http"]),
        updates_queue: reader.address("UPDATES_QUEUE_URL", &["https", "http"]),
        updates_dlq: reader.address("UPDATES_DLQ_URL", &["https", "http"]),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let pusher = wire(&Sdk::load().await?, settings);
    boot::serve_batches(|event, deadline| pusher.handle(event, deadline)).await
}

fn wire(sdk: &Sdk, settings: Settings) -> Pusher {
    let connections = aws::dynamo::Connections::new(sdk, settings.connections_table);
    let entropy = Arc::new(OsEntropy);
    Pusher {
        push_updates: PushUpdates {
            connections: Arc::new(connections),
            postman: Arc::new(aws::gateway::Posts::new(sdk, settings.management_endpoint)),
            results: Arc::new(aws::s3::Results::new(sdk, settings.results_bucket)),
            clock: Arc::new(SystemClock),
            entropy: entropy.clone(),
        },
        queue: Queue {
            deliveries: Arc::new(aws::sqs::Receipts::new(sdk, settings.updates_queue)),
            dead_letters: Arc::new(aws::sqs::DeadLetterSender::new(sdk, settings.updates_dlq)),
        },
        entropy,
    }
}
