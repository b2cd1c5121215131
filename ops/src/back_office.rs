//! Commands that look at queues, tables and functions themselves, and those that reckon.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use aws::Sdk;
use domain::{Architecture, Prices};
use ops::api::Api;
use ops::cost::functions::{Metered, meter};
use ops::cost::{Comparison, Cost, Model, What, measured, update};
use ops::deployment::Deployment;
use ops::dlq::find::find;
use ops::dlq::{self, Dlq};
use ops::metrics::Span;
use ops::replay::Replay;
use ops::replay::event::{function_of, function_of_file, of_letter};
use ops::settings::Settings;
use ops::spend::{self, Spend};
use ops::table::show;
use ops::tasks::run::TasksError;
use ops::tasks::{self, Tasks};
use ops::{connections, replay};
use serde_json::Value;

use crate::lambda::Functions;
use crate::{INCOMPLETE, USAGE, desks, failed, now, pricing};

/// `ops dlq`.
pub(crate) async fn dlq(dlq: &Dlq, deployment: &Deployment, json: bool) -> ExitCode {
    let office = match desks::office(deployment).await {
        Ok(office) => office,
        Err(error) => return failed(USAGE, error),
    };
    match dlq::run(dlq, &office, json).await {
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
    let counted = connections::count(&census, now()).await;
    let counted = counted.map_err(|error| domain::causes(&error));
    ended(counted.and_then(|connected| {
        let shown = show(&connected, json);
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

/// `ops replay`.
pub(crate) async fn replay(args: &Replay, deployment: &Deployment, json: bool) -> ExitCode {
    let done = async {
        let (event, function) = match (&args.from_dlq, &args.file) {
            (Some(id), _) => event_of_letter(id, deployment).await?,
            (None, Some(file)) => {
                let function = function_of_file(file).map(str::to_owned);
                (event_of_file(file)?, function)
            }
            (None, None) => return Err("which event? Give a file, or --from-dlq".into()),
        };
        let function = args.function.clone().or(function);
        let function =
            function.ok_or("which function? Give --function, such as --function worker")?;
        let functions = functions(deployment).await?;
        let replayed = replay::replay(args, &function, &event, &functions).await?;
        show(&replayed, json).map_err(|error| error.to_string())?;
        Ok(replayed.is_well())
    };
    ended(done.await)
}

async fn event_of_letter(
    id: &str,
    deployment: &Deployment,
) -> Result<(Value, Option<String>), String> {
    let office = desks::office(deployment).await;
    let office = office.map_err(|error| error.to_string())?;
    let found = find(&office, id).await;
    office.give_back().await;
    let letter = found.map_err(|error| error.to_string())?;
    let function = function_of(letter.queue).to_owned();
    Ok((of_letter(&letter), Some(function)))
}

fn event_of_file(file: &Path) -> Result<Value, String> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}

async fn functions(deployment: &Deployment) -> Result<Functions, String> {
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
