//! Runs queued tasks.

mod handler;
mod model;
mod sources;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::announce::Announcer;
use app::{Compute, Gate, RunTask};
use aws::Sdk;
use boot::settings::Reader;
use boot::{OsEntropy, Queue, SystemClock};
use lambda_runtime::Error;
use metrics::{Meter, MeteredLateUsage, MeteredTasks};
use tasks::{AnalyzeNeeds, ExportNeeds, Needs, OpenUploads, Provider};

use crate::handler::Worker;
use crate::sources::Sources;

/// How long the uploads of tasks that were stopped are waited for, once per batch: within what an
/// invocation keeps back of its time.
const CLEAN_UP: Duration = Duration::from_secs(3);

struct Settings {
    stage: String,
    database_url: String,
    mongodb_uri: String,
    tasks_table: String,
    lanes_table: String,
    results_bucket: String,
    uploads_bucket: String,
    task_queue: String,
    urgent_task_queue: String,
    task_dlq: String,
    updates_queue: String,
    tenant_concurrency: u32,
    callbacks_queue: String,
    provider: Provider,
    model: Option<model::Settings>,
}

fn main() -> ExitCode {
    boot::start(read, serve)
}

fn read(reader: &mut Reader<'_>) -> Settings {
    Settings {
        stage: reader.text_or("STAGE", "local"),
        database_url: reader.address("DATABASE_URL", &["postgres", "postgresql"]),
        mongodb_uri: reader.address("MONGODB_URI", &["mongodb", "mongodb+srv"]),
        tasks_table: reader.text("TASKS_TABLE"),
        lanes_table: reader.text("LANES_TABLE"),
        results_bucket: reader.text("RESULTS_BUCKET"),
        uploads_bucket: reader.text("UPLOADS_BUCKET"),
        task_queue: reader.address("TASK_QUEUE_URL", &["https", "http"]),
        urgent_task_queue: reader.address("URGENT_TASK_QUEUE_URL", &["https", "http"]),
        task_dlq: reader.address("TASK_DLQ_URL", &["https", "http"]),
        updates_queue: reader.address("UPDATES_QUEUE_URL", &["https", "http"]),
        // The template's default.
        tenant_concurrency: reader.count("TENANT_CONCURRENCY", 50, 0..=1_000),
        callbacks_queue: reader.address("CALLBACKS_QUEUE_URL", &["https", "http"]),
        provider: model::provider(reader),
        model: model::Settings::read(reader),
    }
}

async fn serve(settings: Settings) -> Result<(), Error> {
    let meter = Meter::new(&settings.stage, "worker", Arc::new(SystemClock))?;
    let uploads = OpenUploads::default();
    let sources = wire(&Sdk::load().await?, settings, &meter, &uploads).await?;
    boot::serve_batches(&meter, async |event, deadline| {
        let report = sources.of(&event).handle(event, deadline).await;
        // Afterwards the process may be frozen. What is not done by then, the next attempt or the
        // bucket's own rule does.
        let _ = tokio::time::timeout(CLEAN_UP, uploads.closed()).await;
        report
    })
    .await
}

async fn wire(
    sdk: &Sdk,
    settings: Settings,
    meter: &Meter,
    uploads: &OpenUploads,
) -> Result<Sources, Error> {
    let clock = Arc::new(SystemClock);
    let events = stores::mongo::connect(&settings.mongodb_uri, clock.clone()).await?;
    let events = Arc::new(events);
    let activity = stores::postgres::connect(&settings.database_url, None)?;
    let results = Arc::new(aws::s3::Results::new(sdk, &settings.results_bucket));
    let model = settings.model.map(|model| {
        let bedrock = aws::bedrock::BedrockModel::new(sdk, &model.id);
        let spending = aws::dynamo::SpendTable::new(sdk, &settings.lanes_table);
        model.service(Arc::new(bedrock), Arc::new(spending))
    });
    let deliveries = Arc::new(aws::sqs::Receipts::new(sdk, &settings.task_queue));
    let tasks = Arc::new(aws::dynamo::Tasks::new(
        sdk,
        settings.tasks_table,
        clock.clone(),
    ));
    let registry = tasks::registry(Needs {
        aggregation: events.clone(),
        analyze: AnalyzeNeeds {
            uploads: Arc::new(aws::s3::UploadBucket::new(sdk, settings.uploads_bucket)),
            texts: events.clone(),
            model,
            provider: settings.provider,
        },
        export: ExportNeeds {
            events,
            activity: Arc::new(activity),
            index: tasks.clone(),
            tasks: tasks.clone(),
            results: results.clone(),
            files: Arc::new(aws::s3::Files::new(sdk, settings.results_bucket)),
            uploads: uploads.clone(),
        },
    });
    let lanes = Arc::new(aws::dynamo::LaneTable::new(sdk, settings.lanes_table));
    let gate = Gate {
        lanes: lanes.clone(),
        room: lanes,
        queue: Arc::new(aws::sqs::TaskSender::new(
            sdk,
            &settings.task_queue,
            &settings.urgent_task_queue,
            clock.clone(),
        )),
        stuck: tasks.clone(),
        clock: clock.clone(),
        limit: settings.tenant_concurrency,
    };
    let callbacks = aws::sqs::CallbackSender::new(sdk, settings.callbacks_queue);
    let run_task = RunTask {
        registry,
        gate: (gate.limit > 0).then_some(gate),
        tasks: Arc::new(MeteredTasks::new(tasks.clone(), meter)),
        late_usage: Arc::new(MeteredLateUsage::new(tasks.clone(), meter)),
        watch: tasks,
        results,
        compute: Compute::of(boot::settings::lambda_memory_mb()),
        announcer: Announcer {
            updates: Arc::new(aws::sqs::UpdateSender::new(sdk, settings.updates_queue)),
            callbacks: Arc::new(callbacks),
        },
        deliveries: deliveries.clone(),
        clock,
        entropy: Arc::new(OsEntropy),
    };
    let dead_letters = Arc::new(aws::sqs::DeadLetterSender::new(sdk, settings.task_dlq));
    let queue = Queue {
        deliveries,
        dead_letters,
    };
    let normal = Worker { run_task, queue };
    let urgent = Arc::new(aws::sqs::Receipts::new(sdk, &settings.urgent_task_queue));
    Ok(Sources {
        urgent: normal.of_another_queue(urgent),
        urgent_queue: settings.urgent_task_queue,
        normal,
    })
}
