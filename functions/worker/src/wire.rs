//! Who works with what.

use std::sync::Arc;

use app::announce::Announcer;
use app::run_task::Release;
use app::{Compute, Gate, RunTask};
use aws::Sdk;
use boot::{OsEntropy, Queue, SystemClock};
use lambda_runtime::Error;
use metrics::{Meter, MeteredLateUsage, MeteredTasks};
use tasks::{AnalyzeNeeds, ExportNeeds, Needs, OpenUploads};

use crate::handler::Worker;
use crate::settings::Settings;
use crate::sources::Sources;

/// Makes workers for both queues. Nothing of it connects yet but the document store's driver.
///
/// # Errors
///
/// An address that cannot be one.
pub async fn wire(
    sdk: &Sdk,
    settings: Settings,
    meter: &Meter,
    uploads: &OpenUploads,
    release: Release,
) -> Result<Sources, Error> {
    let clock = Arc::new(SystemClock);
    let events = aws::address::source(sdk, settings.mongodb);
    let events = stores::mongo::connect_by(events, clock.clone());
    let activity = stores::postgres::connect_by(aws::address::source(sdk, settings.database));
    let (events, activity) = tokio::try_join!(events, activity)?;
    let events = Arc::new(events);
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
            events: events.clone(),
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
        delayed: lanes.clone(),
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
        reports: events,
        announcer: Announcer {
            updates: Arc::new(aws::sqs::UpdateSender::new(sdk, settings.updates_queue)),
            callbacks: Arc::new(callbacks),
        },
        deliveries: deliveries.clone(),
        clock,
        entropy: Arc::new(OsEntropy),
        release,
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
