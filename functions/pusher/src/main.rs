//! Posts task updates and broadcasts to the open connections.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use app::{PushBroadcast, PushUpdates};
use aws::Sdk;
use boot::settings::Reader;
use boot::{OsEntropy, SystemClock};
use lambda_runtime::Error;

use crate::handler::Pusher;

struct Settings {
    connections_table: String,
    results_bucket: String,
    management_endpoint: String,
    updates_queue_url: String,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        connections_table: reader.text("CONNECTIONS_TABLE"),
        results_bucket: reader.text("RESULTS_BUCKET"),
        management_endpoint: reader.address("MANAGEMENT_ENDPOINT", &["https", "http"]),
        updates_queue_url: reader.address("UPDATES_QUEUE_URL", &["https", "http"]),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let pusher = wire(&Sdk::load().await?, settings);
    boot::run(|event| pusher.handle(event)).await
}

fn wire(sdk: &Sdk, settings: Settings) -> Pusher {
    let connections = aws::dynamo::Connections::new(sdk, settings.connections_table);
    let connections = Arc::new(connections);
    let postman = Arc::new(aws::gateway::Posts::new(sdk, settings.management_endpoint));
    let queue = aws::sqs::BroadcastSender::new(sdk, settings.updates_queue_url);
    Pusher {
        push_broadcast: PushBroadcast {
            audience: connections.clone(),
            connections: connections.clone(),
            postman: postman.clone(),
            queue: Arc::new(queue),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
        },
        push_updates: PushUpdates {
            connections,
            postman,
            results: Arc::new(aws::s3::Results::new(sdk, settings.results_bucket)),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
        },
    }
}
