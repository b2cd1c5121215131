//! Picks up, every minute, what has been left behind.

mod handler;

use std::process::ExitCode;
use std::sync::Arc;

use app::sweep::LaneSweep;
use app::{CountConnections, Gate, ReadSystem, Sweep, TellOperators};
use aws::event_sources::EventSourceMappings;
use aws::sqs::QueueUrls;
use aws::{Sdk, address};
use boot::SystemClock;
use boot::settings::Reader;
use domain::AddressPlace;
use lambda_runtime::{Error, LambdaEvent};
use metrics::Meter;
use stores::mongo;

use crate::handler::Sweeper;

struct Settings {
    stage: String,
    mongodb: AddressPlace,
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
        mongodb: reader.server("MONGODB_URI", "MONGODB_SECRET", &["mongodb", "mongodb+srv"]),
        tasks_table: reader.text("TASKS_TABLE"),
        connections_table: reader.text("CONNECTIONS_TABLE"),
        lanes_table: reader.text("LANES_TABLE"),
        tickets_table: reader.text("TICKETS_TABLE"),
        idempotency_table: reader.text("IDEMPOTENCY_TABLE"),
        queues: QueueUrls::by_variable(|name| reader.address(name, &["https", "http"])),
        pool_table: reader.text("POOL_TABLE"),
        event_source: reader.text("EVENT_SOURCE"),
        urgent_event_source: reader.text("URGENT_EVENT_SOURCE"),
        // The template's default.
        tenant_concurrency: reader.count("TENANT_CONCURRENCY", 50, 0..=1_000),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "sweeper", Arc::new(SystemClock))?;
    let sweeper = Arc::new(wire(&Sdk::load().await?, settings, &meter).await?);
    let sweep = move |tick: LambdaEvent<_>| {
        let (meter, sweeper) = (meter.clone(), Arc::clone(&sweeper));
        async move { meter.around(sweeper.handle(tick.payload)).await }
    };
    boot::serve(sweep).await
}

async fn wire(sdk: &Sdk, settings: Settings, meter: &Meter) -> Result<Sweeper, Error> {
    let clock = Arc::new(SystemClock);
    let mongodb = address::source(sdk, settings.mongodb);
    let roll_ups = Arc::new(mongo::connect_by(mongodb, clock.clone()).await?);
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
            connections: CountConnections::quick(connections.clone(), clock.clone()),
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
            roll_ups,
            operators,
            clock,
        },
    })
}
