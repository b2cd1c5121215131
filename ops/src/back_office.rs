//! Commands that look at queues, tables and functions themselves, and those that reckon.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use app::CountConnections;
use aws::Sdk;
use boot::SystemClock;
use domain::{Architecture, Prices};
use ops::api::Api;
use ops::connections::Connected;
use ops::cost::functions::{Metered, meter};
use ops::cost::{Comparison, Cost, Model, What, measured, update};
use ops::deployment::Deployment;
use ops::dlq::{self, Dlq};
use ops::metrics::Span;
use ops::settings::Settings;
use ops::spend::{self, Spend};
use ops::table::show;
use ops::tasks::run::TasksError;
use ops::tasks::{self, Tasks};

use crate::lambda::Functions;
use crate::{INCOMPLETE, USAGE, desks, failed, now, pricing};

/// `ops dlq`.
pub(crate) async fn dlq(dlq: &Dlq, deployment: &Deployment, json: bool) -> ExitCode {
    let triage = match desks::triage(deployment).await {
        Ok(triage) => triage,
        Err(error) => return failed(USAGE, error),
    };
    match dlq::run(dlq, &triage, json).await {
        Err(error) if error.is_usage() => failed(USAGE, error),
        done => ended(done.map_err(|error| error.to_string())),
    }
}

/// `ops tasks`.
pub(crate) async fn tasks(tasks: &Tasks, settings: Settings, json: bool) -> ExitCode {
    let done = async {
        let api = Api::open(settings).await?;
        tasks::run(tasks, &api, now(), json).await
    };
    ended(done.await.map_err(|error: TasksError| error.to_string()))
}

/// `ops spend`.
pub(crate) async fn spend(asked: &Spend, deployment: &Deployment, json: bool) -> ExitCode {
    let pauses = match desks::pauses(deployment).await {
        Ok(pauses) => pauses,
        Err(error) => return failed(USAGE, error),
    };
    match spend::run(asked, &pauses, now(), json).await {
        Err(error) if error.is_usage() => failed(USAGE, error),
        done => ended(done.map_err(|error| error.to_string())),
    }
}

/// `ops connections`.
pub(crate) async fn connections(deployment: &Deployment, json: bool) -> ExitCode {
    let census = match desks::connections(deployment).await {
        Ok(census) => census,
        Err(error) => return failed(USAGE, error),
    };
    let count = CountConnections::whole(Arc::new(census), Arc::new(SystemClock));
    let counted = count.run().await;
    let counted = counted.map_err(|error| domain::causes(&error));
    ended(counted.and_then(|counted| {
        let shown = show(&Connected::from(counted), json);
        shown.map(|()| true).map_err(|error| error.to_string())
    }))
}

/// `ops cost`.
pub(crate) async fn cost(cost: &Cost, deployment: &Deployment, json: bool) -> ExitCode {
    let written = |error: io::Error| error.to_string();
    let done = async {
        if cost.update_prices {
            return update_prices(cost, deployment, json).await;
        }
        match (cost.what, cost.what_if.load()) {
            (Some(What::Model), _) => show(&Model, json).map_err(written)?,
            (None, Some(load)) => show(&Comparison::of(&load), json).map_err(written)?,
            (None, None) => {
                let tasks = desks::tasks(deployment).await;
                let tasks = tasks.map_err(|error| error.to_string())?;
                let spent = measured::read(&tasks).await;
                let spent = spent.map_err(|error| domain::causes(&error))?;
                let prices = Prices::us_east_1(Architecture::Arm64);
                let mut measured = measured::measure(spent, &prices, now(), cost.within.length());
                let span = (measured.since, measured.until);
                measured.by_function = metered(deployment, span).await.unwrap_or_else(|error| {
                    // The ledger tells all the same.
                    let _ = writeln!(io::stderr(), "ops: no figures of the functions: {error}");
                    Vec::new()
                });
                show(&measured, json).map_err(written)?;
            }
        }
        Ok(true)
    };
    ended(done.await)
}

/// What CloudWatch says of the functions.
async fn metered(deployment: &Deployment, span: Span) -> Result<Vec<Metered>, String> {
    let Functions { caller, stack } = functions(deployment).await?;
    let metered = meter(&caller, &stack, span).await;
    metered.map_err(|error| domain::causes(&error))
}

async fn update_prices(cost: &Cost, deployment: &Deployment, json: bool) -> Result<bool, String> {
    let prices = pricing::aws(deployment).await?;
    let compared = update::compare(&prices, now().date().to_string()).await?;
    if let Some(file) = &cost.write {
        let written = std::fs::write(file, compared.new_list());
        written.map_err(|error| format!("--write: {error}"))?;
    }
    show(&compared, json).map_err(|error| error.to_string())?;
    Ok(compared.is_well() || cost.write.is_some())
}

pub(crate) async fn functions(deployment: &Deployment) -> Result<Functions, String> {
    let stack = deployment.needed("STACK_NAME");
    let stack = stack.map_err(|error| error.to_string())?.to_owned();
    let sdk = Sdk::load().await.map_err(|error| error.to_string())?;
    let caller = sdk.caller().map_err(|error| domain::causes(&error))?;
    Ok(Functions { caller, stack })
}

/// What a script is told: whether all is well.
fn ended(done: Result<bool, String>) -> ExitCode {
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => INCOMPLETE.into(),
        Err(error) => failed(INCOMPLETE, error),
    }
}
