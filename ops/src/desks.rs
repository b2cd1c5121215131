//! The adapters of the commands that look at queues and tables themselves.

use std::sync::Arc;

use app::announce::Announcer;
use app::{Compute, RedriveLetter, RedriveTask};
use aws::dynamo::{Connections, PauseTable, Tasks};
use aws::s3::CaptureBucket;
use aws::sqs::{BuriedLetters, CallbackSender, QueueUrls, RawSender, TaskSender, UpdateSender};
use aws::{NoRegion, Sdk};
use aws_call::NotConfigured;
use boot::SystemClock;
use ops::deployment::Deployment;
use ops::dlq::Triage;
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
pub(crate) async fn triage(deployment: &Deployment) -> Result<Triage, DeskError> {
    let table = deployment.needed("TASKS_TABLE")?;
    let urls = queue_urls(deployment)?;
    let sdk = Sdk::load().await?;
    let clock = Arc::new(SystemClock);
    let tasks = Arc::new(Tasks::new(&sdk, table, clock.clone()));
    let queue = TaskSender::new(&sdk, &urls.work, &urls.urgent, clock.clone());
    let redrive_task = RedriveTask {
        tasks: tasks.clone(),
        queue: Arc::new(queue),
        // What an operator names is sent, paused or not.
        pauses: None,
        announcer: Announcer {
            updates: Arc::new(UpdateSender::new(&sdk, &urls.updates)),
            callbacks: Arc::new(CallbackSender::new(&sdk, &urls.callbacks)),
        },
        compute: Compute::unpaid(),
        clock: clock.clone(),
    };
    let redrive = RedriveLetter {
        redrive_task,
        sources: Arc::new(RawSender::new(&sdk, urls.clone())),
    };
    let letters = Arc::new(BuriedLetters::new(&sdk, urls));
    Ok(Triage::new(letters, tasks, redrive, clock))
}

fn queue_urls(deployment: &Deployment) -> Result<QueueUrls, SettingsError> {
    let mut missing = None;
    let urls = QueueUrls::by_variable(|name| match deployment.needed(name) {
        Ok(url) => url.to_owned(),
        Err(error) => {
            missing.get_or_insert(error);
            String::new()
        }
    });
    missing.map_or(Ok(urls), Err)
}
