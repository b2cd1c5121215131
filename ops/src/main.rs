//! `ops`: commands for those who run Adology. `ops help` lists them.

mod back_office;
mod costs;
mod desks;
mod lambda;
mod pricing;
mod replays;

use std::error::Error;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use domain::causes;
use indicatif::ProgressBar;
use ops::api::Api;
use ops::check::{self, Checklist, Expected};
use ops::command::{Broadcast, Check, Cli, Command, Import, Seed, Weekly};
use ops::deployment::Deployment;
use ops::import::ImportError;
use ops::report::{Report, Summary};
use ops::seed::Traffic;
use ops::settings::{Role, Settings, SettingsError};
use ops::site::Site;
use ops::table::show;
use ops::upload::{self, Packer, UploadError};
use ops::weekly::Before;
use ops::{broadcast, doctor, environment, progress, seed, shells, weekly};
use serde_json::json;
use time::OffsetDateTime;

/// Something was refused, or is not complete.
const INCOMPLETE: u8 = 1;
/// Wrong usage or settings; clap's code too.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Before there is a second thread: the process is replaced by itself.
    match environment::lacking(&cli.meant) {
        Ok(lacking) if lacking.is_empty() => run_command(cli),
        Ok(lacking) => failed(USAGE, &environment::again_with(lacking)),
        Err(error) => failed(USAGE, &error),
    }
}

#[tokio::main]
async fn run_command(cli: Cli) -> ExitCode {
    let told = dispatch(cli, Deployment::from_environment()).await;
    told.unwrap_or_else(|error| failed(USAGE, &error))
}

async fn dispatch(cli: Cli, deployment: Deployment) -> Result<ExitCode, SettingsError> {
    let json = cli.json;
    Ok(match cli.command {
        Command::Import(import) => {
            let settings = settings(Role::Demo, deployment).await?;
            run_import(&import, settings, json).await
        }
        Command::Seed(seed) => {
            let settings = settings(Role::Demo, deployment).await?;
            run_seed(&seed, settings, json).await
        }
        Command::Broadcast(broadcast) => {
            let settings = settings(Role::Operator, deployment).await?;
            run_broadcast(&broadcast, settings, json).await
        }
        Command::Tasks(tasks) => {
            let settings = settings(Role::Demo, deployment).await?;
            back_office::tasks(&tasks, settings, json).await
        }
        Command::Dlq(dlq) => {
            let deployment = whole(deployment, "TASKS_TABLE").await;
            back_office::dlq(&dlq, &deployment, json).await
        }
        Command::Cost(cost) if cost.asks_nobody() => costs::cost(&cost, &deployment, json).await,
        Command::Cost(cost) => {
            let deployment = whole(deployment, "TASKS_TABLE").await;
            costs::cost(&cost, &deployment, json).await
        }
        Command::Spend(spend) => {
            let deployment = whole(deployment, "PAUSES_TABLE").await;
            back_office::spend(&spend, &deployment, json).await
        }
        Command::Connections => {
            let deployment = whole(deployment, "CONNECTIONS_TABLE").await;
            back_office::connections(&deployment, json).await
        }
        Command::Replay(replay) => {
            let deployment = whole(deployment, "CAPTURES_BUCKET").await;
            replays::run(&replay, &deployment, json).await
        }
        Command::Check(check) => run_check(&check, deployment, json).await,
        Command::Doctor => run_doctor(deployment, json).await,
        Command::Weekly(weekly) => run_weekly(&weekly, deployment, json).await,
        Command::Completions { shell } => written(shells::complete(shell, &mut io::stdout())),
        Command::Man => written(shells::manual(&mut io::stdout())),
    })
}

/// The deployment with the stack's outputs, where they are needed: this variable is one of them.
async fn whole(deployment: Deployment, needed: &str) -> Deployment {
    if deployment.get(needed).is_some() || deployment.get("STACK_NAME").is_none() {
        return deployment;
    }
    Site::find(deployment, now()).await.deployment
}

/// Who asks the API, and where it is: as it was told, or as the stack's outputs say.
async fn settings(role: Role, deployment: Deployment) -> Result<Settings, SettingsError> {
    let deployment = whole(deployment, "ADOLOGY_HTTP_URL").await;
    Settings::read(role, |name| deployment.get(name).map(str::to_owned))
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the command begins, and given on from here"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

async fn run_import(import: &Import, settings: Settings, json: bool) -> ExitCode {
    let plan = match import.plan() {
        Ok(plan) => plan,
        Err(error) => return failed(USAGE, &error),
    };
    let errors = match import.errors.as_ref().map(File::create).transpose() {
        Ok(errors) => errors,
        Err(error) => return refused(USAGE, format!("--errors: {error}")),
    };
    let files = import.files.iter().map(String::as_str);
    let bar = shown(json, progress::of_files(files));
    let report = Arc::new(Report::new(errors, bar.clone()));
    let produce = move |packer: &mut Packer| plan.run(packer, &bar);
    run(settings, report, import.requests, json, produce).await
}

async fn run_seed(seed: &Seed, settings: Settings, json: bool) -> ExitCode {
    let until = seed.until.unwrap_or_else(now);
    let traffic = Traffic::new(seed.seed, seed.days, until);
    let events = traffic.take(usize::try_from(seed.events).unwrap_or(usize::MAX));
    let report = Arc::new(Report::new(None, shown(json, progress::of_events())));
    let produce = move |packer: &mut Packer| seed::pack(events, packer);
    run(settings, report, seed.requests, json, produce).await
}

async fn run_check(check: &Check, deployment: Deployment, json: bool) -> ExitCode {
    let began = tokio::time::Instant::now();
    let site = Site::find(deployment, now()).await;
    let expected = Expected { pool: check.pool };
    ticked(&check::run(&site, expected, began).await, json)
}

async fn run_doctor(deployment: Deployment, json: bool) -> ExitCode {
    let began = tokio::time::Instant::now();
    let site = Site::find(deployment, now()).await;
    // A folder that is gone is in no checkout.
    let folder = std::env::current_dir().unwrap_or_default();
    ticked(&doctor::run(&site, &folder, began).await, json)
}

async fn run_weekly(weekly: &Weekly, deployment: Deployment, json: bool) -> ExitCode {
    let began = tokio::time::Instant::now();
    let before = weekly.before.as_deref().map(Before::read).transpose();
    let before = match before {
        Ok(before) => before.unwrap_or_default(),
        Err(error) => return failed(USAGE, &error),
    };
    let site = Site::find(deployment, now()).await;
    let folder = std::env::current_dir().unwrap_or_default();
    ticked(&weekly::run(&site, &folder, &before, began).await, json)
}

fn written(written: io::Result<()>) -> ExitCode {
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(INCOMPLETE, &error),
    }
}

/// Shows a checklist; the worst of it is the exit code.
fn ticked(checklist: &Checklist, json: bool) -> ExitCode {
    match show(checklist, json) {
        Ok(()) => checklist.exit_code().into(),
        Err(error) => failed(USAGE, &error),
    }
}

async fn run_broadcast(broadcast: &Broadcast, settings: Settings, json: bool) -> ExitCode {
    let body = match broadcast::body(broadcast) {
        Ok(body) => body,
        Err(error) => return failed(USAGE, &error),
    };
    let key = match getrandom::u64() {
        Ok(random) => format!("ops-{random:016x}"),
        Err(error) => return failed(INCOMPLETE, &error),
    };
    let told = async { Api::open(settings).await?.broadcast(&body, &key).await };
    match told.await {
        Err(error) => failed(INCOMPLETE, &error),
        Ok(taken) => {
            let line = if json {
                json!(taken).to_string()
            } else {
                let (id, shards) = (taken.broadcast_id, taken.shards);
                format!("queued as {id}, on its way in {shards} parts")
            };
            match writeln!(io::stdout(), "{line}") {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => failed(INCOMPLETE, &error),
            }
        }
    }
}

async fn run(
    settings: Settings,
    report: Arc<Report>,
    requests: u8,
    json: bool,
    produce: impl FnOnce(&mut Packer) -> Result<(), ImportError> + Send + 'static,
) -> ExitCode {
    let start = Instant::now();
    let done = match Api::open(settings).await {
        Ok(api) => upload::run(&api, &report, requests.into(), produce).await,
        Err(error) => Err(UploadError::from(error)),
    };
    let told = report
        .end()
        .and_then(|summary| tell(&summary, start.elapsed().as_secs_f64(), json).map(|()| summary));
    match (done, told) {
        (Err(error), _) => refused(
            INCOMPLETE,
            format!(
                "{}\nWhat was accepted stays; run the same command again to go on.",
                causes(&error)
            ),
        ),
        (_, Err(error)) => failed(INCOMPLETE, &error),
        (Ok(()), Ok(summary)) if summary.refused > 0 => INCOMPLETE.into(),
        (Ok(()), Ok(_)) => ExitCode::SUCCESS,
    }
}

fn tell(summary: &Summary, seconds: f64, json: bool) -> io::Result<()> {
    let Summary {
        lines,
        accepted,
        duplicates,
        refused,
    } = summary;
    if json {
        let result = json!({"lines": lines, "accepted": accepted, "duplicates": duplicates, "refused": refused,
            "seconds": seconds});
        return writeln!(io::stdout(), "{result}");
    }
    writeln!(
        io::stdout(),
        "{lines} lines in {seconds:.1} s: {accepted} accepted, {duplicates} known already, {refused} refused"
    )
}

fn shown(json: bool, bar: ProgressBar) -> ProgressBar {
    if json { ProgressBar::hidden() } else { bar }
}

/// Tells an error with everything behind it.
fn failed(code: u8, error: &(dyn Error + 'static)) -> ExitCode {
    refused(code, causes(error))
}

fn refused(code: u8, words: impl Display) -> ExitCode {
    // Where even that cannot be written, the code still tells.
    let _ = writeln!(io::stderr(), "ops: {words}");
    code.into()
}
