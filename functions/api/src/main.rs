//! The HTTP API.

mod description;
mod edge;
mod endpoint;
mod lambda;
mod router;
mod settings;
mod state;

#[cfg(test)]
mod sample_events;
#[cfg(test)]
mod scene;

use std::process::ExitCode;
use std::sync::Arc;

use app::submit_task::Metering;
use app::{Compute, Gate};
use aws::dynamo::{
    Connections, Heartbeats, IdempotencyKeys, LaneTable, PauseTable, Rates, Submissions, Tasks,
    Tickets,
};
use aws::event_sources::EventSourceMappings;
use aws::s3::{Results, UploadBucket};
use aws::secrets::RootSecretReader;
use aws::sqs::{
    BroadcastSender, BuriedLetters, CallbackSender, QueueGauges, QueueUrls, RawSender, TaskSender,
    UpdateSender,
};
use aws::{Sdk, address};
use boot::{OsEntropy, SystemClock};
use domain::{Architecture, Prices};
use lambda_http::lambda_runtime::run_concurrent;
use lambda_http::{Error, service_fn};
use metrics::{Meter, MeteredSubmissions, MeteredTasks};
use stores::{mongo, postgres};

use crate::settings::Settings;
use crate::state::{App, Ports};

fn main() -> ExitCode {
    boot::start(Settings::read, serve)
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "api", Arc::new(SystemClock))?;
    let app = App::over(ports(settings, &meter).await?);
    let router = router::router(Arc::new(app));
    let answer = move |event| {
        let (meter, router) = (meter.clone(), router.clone());
        async move { meter.around(lambda::answer(router, event)).await }
    };
    run_concurrent(service_fn(answer)).await
}

async fn ports(settings: Settings, meter: &Meter) -> Result<Ports, Error> {
    let sdk = Sdk::load().await?;
    let queues = queue_urls(&settings);
    let clock = Arc::new(SystemClock);
    let activity = postgres::connect_by(address::source(&sdk, settings.database));
    let events = mongo::connect_by(address::source(&sdk, settings.mongodb), clock.clone());
    let (activity, events) = futures::try_join!(activity, events)?;
    let (activity, events) = (Arc::new(activity), Arc::new(events));
    let keys = IdempotencyKeys::new(&sdk, &settings.idempotency_table);
    let ledger = Submissions::new(&sdk, settings.idempotency_table, &settings.tasks_table);
    let tasks = Arc::new(Tasks::new(&sdk, settings.tasks_table, clock.clone()));
    let uploads = Arc::new(UploadBucket::new(&sdk, settings.uploads_bucket));
    let results = Arc::new(Results::new(&sdk, settings.results_bucket));
    let sources = [settings.event_source, settings.urgent_event_source];
    let connections = Arc::new(Connections::new(&sdk, &settings.connections_table));
    let queue = TaskSender::new(
        &sdk,
        settings.task_queue_url,
        settings.urgent_task_queue_url,
        clock.clone(),
    );
    let lanes = Arc::new(LaneTable::new(&sdk, &settings.lanes_table));
    let gate = Gate {
        lanes: lanes.clone(),
        delayed: lanes.clone(),
        room: lanes,
        queue: Arc::new(queue),
        stuck: tasks.clone(),
        clock: clock.clone(),
        limit: settings.tenant_concurrency,
    };
    let broadcasts = BroadcastSender::new(&sdk, &settings.updates_queue_url);
    let updates = Arc::new(UpdateSender::new(&sdk, settings.updates_queue_url));
    Ok(Ports {
        broadcasts: Arc::new(broadcasts),
        census: connections.clone(),
        connections,
        event_sources: Arc::new(EventSourceMappings::new(&sdk, sources)?),
        pauses: Arc::new(PauseTable::new(&sdk, settings.pauses_table, clock.clone())),
        pool: Arc::new(Heartbeats::new(&sdk, settings.pool_table, clock.clone())),
        dead_letters: Arc::new(BuriedLetters::new(&sdk, queues.clone())),
        source_queues: Arc::new(RawSender::new(&sdk, queues.clone())),
        postings: updates.clone(),
        queue_depths: Arc::new(QueueGauges::new(&sdk, queues)),
        compute: Compute::of(boot::settings::lambda_memory_mb()),
        entropy: Arc::new(OsEntropy),
        late_usage: tasks.clone(),
        guard: settings.guard,
        index: tasks.clone(),
        keys: Arc::new(keys),
        ledger: Arc::new(MeteredSubmissions::new(Arc::new(ledger), meter)),
        logs: events.clone(),
        metering: settings.submission_rate.map(|rate| Metering {
            limit: Arc::new(Rates::new(&sdk, settings.lanes_table)),
            rate,
        }),
        prices: Prices::us_east_1(Architecture::HERE),
        queue: if gate.limit > 0 {
            Arc::new(gate)
        } else {
            gate.queue
        },
        catalogue: tasks::catalogue(),
        response_times: events.clone(),
        reports: events.clone(),
        results,
        roots: Arc::new(RootSecretReader::new(&sdk, settings.root_secret)),
        series: events.clone(),
        servers: vec![activity.clone(), events.clone()],
        tickets: Arc::new(Tickets::new(&sdk, settings.tickets_table)),
        traces: Arc::new(OsEntropy),
        updates,
        upload_forms: uploads,
        websocket_url: settings.websocket_url,
        callbacks: Arc::new(CallbackSender::new(&sdk, settings.callbacks_queue_url)),
        activity,
        clock,
        events,
        tasks: Arc::new(MeteredTasks::new(tasks, meter)),
    })
}

fn queue_urls(settings: &Settings) -> QueueUrls {
    QueueUrls {
        work: settings.task_queue_url.clone(),
        urgent: settings.urgent_task_queue_url.clone(),
        updates: settings.updates_queue_url.clone(),
        callbacks: settings.callbacks_queue_url.clone(),
        dead_work: settings.task_dlq_url.clone(),
        dead_updates: settings.updates_dlq_url.clone(),
        dead_callbacks: settings.callbacks_dlq_url.clone(),
    }
}
