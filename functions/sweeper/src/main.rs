//! Picks up, every minute, what has been left behind.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use app::Sweep;
use aws::Sdk;
use boot::SystemClock;
use boot::settings::Reader;
use lambda_runtime::Error;

use crate::handler::Sweeper;

struct Settings {
    tasks_table: String,
    connections_table: String,
    task_queue_url: String,
    urgent_task_queue_url: String,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        tasks_table: reader.text("TASKS_TABLE"),
        connections_table: reader.text("CONNECTIONS_TABLE"),
        task_queue_url: reader.address("TASK_QUEUE_URL", &["https", "http"]),
        urgent_task_queue_url: reader.address("URGENT_TASK_QUEUE_URL", &["https", "http"]),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let sweeper = wire(&Sdk::load().await?, settings);
    boot::run(|event| sweeper.handle(event)).await
}

fn wire(sdk: &Sdk, settings: Settings) -> Sweeper {
    let clock = Arc::new(SystemClock);
    let connections = Arc::new(aws::dynamo::Connections::new(
        sdk,
        settings.connections_table,
    ));
    Sweeper {
        sweep: Sweep {
            stuck: Arc::new(aws::dynamo::Tasks::new(
                sdk,
                settings.tasks_table,
                clock.clone(),
            )),
            queue: Arc::new(aws::sqs::TaskSender::new(
                sdk,
                settings.task_queue_url,
                settings.urgent_task_queue_url,
            )),
            stale: connections.clone(),
            connections,
            clock,
        },
    }
}
