//! Picks up, every minute, what has been left behind.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use app::Sweep;
use aws::Sdk;
use boot::SystemClock;
use boot::settings::Reader;
use lambda_runtime::{Error, LambdaEvent};
use metrics::Meter;

use crate::handler::Sweeper;

struct Settings {
    stage: String,
    tasks_table: String,
    connections_table: String,
    tickets_table: String,
    idempotency_table: String,
    task_queue_url: String,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        stage: reader.text_or("STAGE", "local"),
        tasks_table: reader.text("TASKS_TABLE"),
        connections_table: reader.text("CONNECTIONS_TABLE"),
        tickets_table: reader.text("TICKETS_TABLE"),
        idempotency_table: reader.text("IDEMPOTENCY_TABLE"),
        task_queue_url: reader.address("TASK_QUEUE_URL", &["https", "http"]),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "sweeper", Arc::new(SystemClock))?;
    let sweeper = wire(&Sdk::load().await?, settings, &meter);
    let sweep = |tick: LambdaEvent<_>| meter.around(sweeper.handle(tick.payload));
    boot::serve(sweep).await
}

fn wire(sdk: &Sdk, settings: Settings, meter: &Meter) -> Sweeper {
    let clock = Arc::new(SystemClock);
    let connections = Arc::new(aws::dynamo::Connections::new(
        sdk,
        settings.connections_table,
    ));
    Sweeper {
        meter: meter.clone(),
        sweep: Sweep {
            stuck: Arc::new(aws::dynamo::Tasks::new(
                sdk,
                settings.tasks_table,
                clock.clone(),
            )),
            queue: Arc::new(aws::sqs::TaskSender::new(sdk, settings.task_queue_url)),
            stale: connections.clone(),
            connections,
            tickets: Arc::new(aws::dynamo::Tickets::new(sdk, settings.tickets_table)),
            idempotency_keys: Arc::new(aws::dynamo::SubmissionKeys::new(
                sdk,
                settings.idempotency_table,
            )),
            clock,
        },
    }
}
