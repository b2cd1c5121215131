//! Picks up, every minute, what has been left behind.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use app::sweep::LaneSweep;
use app::{CountConnections, Gate, ReadSystem, Sweep, TellOperators};
use aws::Sdk;
use aws::event_sources::EventSourceMappings;
use aws::sqs::QueueUrls;
use boot::SystemClock;
use boot::settings::Reader;
use lambda_runtime::{Error, LambdaEvent};
use metrics::Meter;

use crate::handler::Sweeper;

struct Settings {
    stage: String,
    tasks_table: String,
    connections_table: String,
    lanes_table: String,
    tickets_table: String,
    idempotency_table: String,
    queues: QueueUrls,
    pool_table: String,
    event_source: String,
    urgent_event_source: String,
    tenant_concurrency: u32,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        stage: reader.text_or("STAGE", "local"),
        tasks_table: reader.text("TASKS_TABLE"),
        connections_table: reader.text("CONNECTIONS_TABLE"),
        lanes_table: reader.text("LANES_TABLE"),
        tickets_table: reader.text("TICKETS_TABLE"),
        idempotency_table: reader.text("IDEMPOTENCY_TABLE"),
        queues: queue_urls(reader),
        pool_table: reader.text("POOL_TABLE"),
        event_source: reader.text("EVENT_SOURCE"),
        urgent_event_source: reader.text("URGENT_EVENT_SOURCE"),
        // The template's default.
        tenant_concurrency: reader.count("TENANT_CONCURRENCY", 50, 0..=1_000),
    }
}

fn queue_urls(reader: &mut Reader<'_>) -> QueueUrls {
    let mut url = |name| reader.address(name, &["https", "http"]);
    QueueUrls {
        work: url("TASK_QUEUE_URL"),
        urgent: url("URGENT_TASK_QUEUE_URL"),
        updates: url("UPDATES_QUEUE_URL"),
        callbacks: url("CALLBACKS_QUEUE_URL"),
        dead_work: url("TASK_DLQ_URL"),
        dead_updates: url("UPDATES_DLQ_URL"),
        dead_callbacks: url("CALLBACKS_DLQ_URL"),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "sweeper", Arc::new(SystemClock))?;
    let sweeper = Arc::new(wire(&Sdk::load().await?, settings, &meter)?);
    let sweep = move |tick: LambdaEvent<_>| {
        let (meter, sweeper) = (meter.clone(), Arc::clone(&sweeper));
        async move { meter.around(sweeper.handle(tick.payload)).await }
    };
    boot::serve(sweep).await
}

fn wire(sdk: &Sdk, settings: Settings, meter: &Meter) -> Result<Sweeper, Error> {
    let clock = Arc::new(SystemClock);
    let connections = Arc::new(aws::dynamo::Connections::new(
        sdk,
        settings.connections_table,
    ));
    let tasks = Arc::new(aws::dynamo::Tasks::new(
        sdk,
        settings.tasks_table,
        clock.clone(),
    ));
    let lanes = Arc::new(aws::dynamo::LaneTable::new(sdk, settings.lanes_table));
    let queue = Arc::new(aws::sqs::TaskSender::new(
        sdk,
        &settings.queues.work,
        &settings.queues.urgent,
        clock.clone(),
    ));
    let gate = (settings.tenant_concurrency > 0).then(|| Gate {
        lanes: lanes.clone(),
        delayed: lanes.clone(),
        room: lanes.clone(),
        queue: queue.clone(),
        stuck: tasks.clone(),
        clock: clock.clone(),
        limit: settings.tenant_concurrency,
    });
    let sources = [settings.event_source, settings.urgent_event_source];
    let operators = TellOperators {
        connections: connections.clone(),
        system: ReadSystem {
            connections: CountConnections {
                census: connections.clone(),
                clock: clock.clone(),
            },
            clock: clock.clone(),
            pool: Arc::new(aws::dynamo::Heartbeats::new(
                sdk,
                settings.pool_table,
                clock.clone(),
            )),
            sources: Arc::new(EventSourceMappings::new(sdk, sources)?),
            queues: Arc::new(aws::sqs::QueueGauges::new(sdk, settings.queues.clone())),
        },
        postings: Arc::new(aws::sqs::UpdateSender::new(sdk, settings.queues.updates)),
        clock: clock.clone(),
    };
    Ok(Sweeper {
        meter: meter.clone(),
        sweep: Sweep {
            stuck: tasks.clone(),
            queue: match gate.clone() {
                Some(gate) => Arc::new(gate),
                None => queue,
            },
            stale: connections.clone(),
            connections,
            lanes: gate.map(|gate| LaneSweep {
                gate,
                watch: lanes,
                tasks,
            }),
            tickets: Arc::new(aws::dynamo::Tickets::new(sdk, settings.tickets_table)),
            idempotency_keys: Arc::new(aws::dynamo::SubmissionKeys::new(
                sdk,
                settings.idempotency_table,
            )),
            operators,
            clock,
        },
    })
}
