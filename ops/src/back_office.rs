//! Commands that look at queues and tables themselves.

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use app::CountConnections;
use boot::SystemClock;
use domain::ports::PortError;
use ops::api::Api;
use ops::connections::Connected;
use ops::deployment::Deployment;
use ops::dlq::{self, Dlq};
use ops::settings::Settings;
use ops::spend::{self, Spend};
use ops::table::show;
use ops::tasks::run::TasksError;
use ops::tasks::{self, Tasks};

use crate::{INCOMPLETE, USAGE, desks, failed, now, refused};

/// `ops dlq`.
pub(crate) async fn dlq(dlq: &Dlq, deployment: &Deployment, json: bool) -> ExitCode {
    let triage = match desks::triage(deployment).await {
        Ok(triage) => triage,
        Err(error) => return failed(USAGE, &error),
    };
    match dlq::run(dlq, &triage, json).await {
        // Its words have the causes in them.
        Err(error) if error.is_usage() => refused(USAGE, error),
        Err(error) => refused(INCOMPLETE, error),
        Ok(well) => well_or_not(well),
    }
}

/// `ops tasks`.
pub(crate) async fn tasks(tasks: &Tasks, settings: Settings, json: bool) -> ExitCode {
    let done = async {
        let api = Api::open(settings).await?;
        tasks::run(tasks, &api, now(), json).await
    };
    let done: Result<bool, TasksError> = done.await;
    ended(done)
}

/// `ops spend`.
pub(crate) async fn spend(asked: &Spend, deployment: &Deployment, json: bool) -> ExitCode {
    let pauses = match desks::pauses(deployment).await {
        Ok(pauses) => pauses,
        Err(error) => return failed(USAGE, &error),
    };
    match spend::run(asked, &pauses, now(), json).await {
        Err(error) if error.is_usage() => failed(USAGE, &error),
        done => ended(done),
    }
}

/// `ops connections`.
pub(crate) async fn connections(deployment: &Deployment, json: bool) -> ExitCode {
    let census = match desks::connections(deployment).await {
        Ok(census) => census,
        Err(error) => return failed(USAGE, &error),
    };
    let count = CountConnections::whole(Arc::new(census), Arc::new(SystemClock));
    let counted = async {
        show(&Connected::from(count.run().await?), json)?;
        Ok::<_, CountError>(true)
    };
    ended(counted.await)
}

/// Connections are not counted.
#[derive(Debug, thiserror::Error)]
enum CountError {
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// What a script is told: whether all is well.
pub(crate) fn ended<E: Error + 'static>(done: Result<bool, E>) -> ExitCode {
    match done {
        Ok(well) => well_or_not(well),
        Err(error) => failed(INCOMPLETE, &error),
    }
}

fn well_or_not(well: bool) -> ExitCode {
    if well {
        ExitCode::SUCCESS
    } else {
        INCOMPLETE.into()
    }
}
