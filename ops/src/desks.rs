//! The adapters of the commands that look at queues and tables themselves.

use std::sync::Arc;

use app::RedriveTask;
use app::announce::Announcer;
use aws::dynamo::{Connections, PauseTable, Tasks};
use aws::s3::CaptureBucket;
use aws::sqs::{CallbackSender, LetterDesk, RawSender, TaskSender, UpdateSender};
use aws::{NoRegion, Sdk};
use aws_call::NotConfigured;
use boot::SystemClock;
use ops::deployment::Deployment;
use ops::dlq::{Office, Queue, QueueName};
use ops::settings::SettingsError;

use crate::lambda::Functions;

/// The deployment's queues and tables cannot be named.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeskError {
    /// It is not known where something is.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Nor in which region.
    #[error(transparent)]
    Region(#[from] NoRegion),
    /// Nor as whom AWS is to be asked.
    #[error(transparent)]
    Credentials(#[from] NotConfigured),
}

/// Where tasks are.
pub(crate) async fn tasks(deployment: &Deployment) -> Result<Tasks, DeskError> {
    let table = deployment.needed("TASKS_TABLE")?;
    let sdk = Sdk::load().await?;
    Ok(Tasks::new(&sdk, table, Arc::new(SystemClock)))
}

/// Where connections are.
pub(crate) async fn connections(deployment: &Deployment) -> Result<Connections, DeskError> {
    let table = deployment.needed("CONNECTIONS_TABLE")?;
    let sdk = Sdk::load().await?;
    Ok(Connections::new(&sdk, table))
}

/// Where pauses are.
pub(crate) async fn pauses(deployment: &Deployment) -> Result<PauseTable, DeskError> {
    let table = deployment.needed("PAUSES_TABLE")?;
    let sdk = Sdk::load().await?;
    Ok(PauseTable::new(&sdk, table, Arc::new(SystemClock)))
}

/// Where functions are.
pub(crate) async fn functions(deployment: &Deployment) -> Result<Functions, DeskError> {
    let stack = deployment.needed("STACK_NAME")?.to_owned();
    let caller = Sdk::load().await?.caller()?;
    Ok(Functions { caller, stack })
}

/// Where captures are.
pub(crate) async fn captures(deployment: &Deployment) -> Result<CaptureBucket, DeskError> {
    let bucket = deployment.needed("CAPTURES_BUCKET")?;
    let sdk = Sdk::load().await?;
    Ok(CaptureBucket::new(&sdk, bucket))
}

/// Where dead letters are looked at.
pub(crate) async fn office(deployment: &Deployment) -> Result<Office, DeskError> {
    let urls = [
        (QueueName::Tasks, "TASK_DLQ_URL", "TASK_QUEUE_URL"),
        (QueueName::Updates, "UPDATES_DLQ_URL", "UPDATES_QUEUE_URL"),
        (
            QueueName::Callbacks,
            "CALLBACKS_DLQ_URL",
            "CALLBACKS_QUEUE_URL",
        ),
    ];
    let [_, updates, callbacks] = urls.map(|(_, _, source)| source);
    let (updates, callbacks) = (deployment.needed(updates)?, deployment.needed(callbacks)?);
    let normal = deployment.needed("TASK_QUEUE_URL")?;
    let urgent = deployment.needed("URGENT_TASK_QUEUE_URL")?;
    let table = deployment.needed("TASKS_TABLE")?;
    let letters = urls.map(|(name, dead, source)| {
        Ok::<_, SettingsError>((name, deployment.needed(dead)?, deployment.needed(source)?))
    });
    let sdk = Sdk::load().await?;
    let clock = Arc::new(SystemClock);
    let mut queues = Vec::new();
    for letters in letters {
        let (name, dead, source) = letters?;
        queues.push(Queue {
            name,
            desk: Arc::new(LetterDesk::new(&sdk, dead)),
            source: Arc::new(RawSender::new(&sdk, source)),
        });
    }
    let tasks = Arc::new(Tasks::new(&sdk, table, clock.clone()));
    let redrive = RedriveTask {
        tasks: tasks.clone(),
        queue: Arc::new(TaskSender::new(&sdk, normal, urgent, clock.clone())),
        announcer: Announcer {
            updates: Arc::new(UpdateSender::new(&sdk, updates)),
            callbacks: Arc::new(CallbackSender::new(&sdk, callbacks)),
        },
        clock: clock.clone(),
    };
    Ok(Office::new(queues, tasks, redrive, clock))
}
