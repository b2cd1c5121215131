//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cost::Cost;
use crate::dlq::Dlq;
use crate::environment::Meant;
use crate::import::text::TimeUnit;
use crate::import::{EventType, Format, Plan, PlanError};
use crate::replay::Replay;
use crate::shells::Shell;
use crate::spend::Spend;
use crate::tasks::Tasks;

const ABOUT: &str = "\
Commands for those who run Adology.

A deployment on AWS is named by --stack; its addresses are the stack's outputs, and variables such as ADOLOGY_HTTP_URL go \
before them. Where nothing names one, the local stack of this checkout is meant (.local/stack.env). What goes through \
the HTTP API is asked by ADOLOGY_TOKEN, or by ADOLOGY_USERNAME and ADOLOGY_PASSWORD.

With --json a command prints one line of JSON, an object; `tasks watch` prints one for each change before it.

Exit codes: 0, all was taken; 1, something was refused or is not complete; 2, wrong usage or settings.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "ops", version, about = "Commands for those who run Adology", long_about = ABOUT)]
pub struct Cli {
    /// Print the result as one line of JSON, and no progress.
    #[arg(long, global = true)]
    pub json: bool,
    /// Which deployment.
    #[command(flatten)]
    pub meant: Meant,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send access logs, CSV or JSON lines as events; a repeated import changes nothing (docs/import.md).
    Import(Import),
    /// Send made-up events of the last days, the same ones for the same seed.
    Seed(Seed),
    /// Tell everybody who is connected, or have them connect anew; takes the group `operator` (docs/broadcast.md).
    Broadcast(Broadcast),
    /// Look at dead letters, mend them, and send them on their way again (docs/ops-dlq.md).
    #[command(subcommand)]
    Dlq(Dlq),
    /// What a month costs: by what tasks have used lately, or by a load that would be (docs/costs.md).
    Cost(Cost),
    /// Look at tasks, submit, watch, cancel and retry them, as the tenant that is signed in (docs/ops-tasks.md).
    #[command(subcommand)]
    Tasks(Tasks),
    /// Pause the submission of kinds or tenants that cost too much, and resume it (docs/ops-spend.md).
    #[command(subcommand)]
    Spend(Spend),
    /// How many are connected, by tenant and shard, and how many rows are stale.
    Connections,
    /// Hand a captured event to a function again, twice, in another order or while it dies (docs/ops-replay.md).
    Replay(Replay),
    /// Look at everything that the daily checklist names, within five seconds (docs/ops.md).
    ///
    /// Exit codes: 0, all is well; 1, something is worth a look; 2, something does not work.
    Check(Check),
    /// Say in plain words what is wrong with this machine or this deployment when something does not start.
    ///
    /// Exit codes as those of `check`.
    Doctor,
    /// Look at what changes slowly: images, alarms of the week, spend, certificates, secrets, advisories, sizes.
    ///
    /// Exit codes as those of `check`.
    Weekly(Weekly),
    /// Print what a shell needs to complete this command line.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Print the man page: `ops man | man -l -`.
    Man,
}

/// `ops import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Files, plain or gzip; `-` is the standard input.
    #[arg(required = true)]
    pub files: Vec<String>,
    /// The format [default: by name: .log, .csv, .jsonl, .ndjson, also with .gz].
    #[arg(long)]
    pub format: Option<Format>,
    /// The type of events that do not say theirs.
    #[arg(long = "type", default_value = "request")]
    pub event_type: EventType,
    /// A CSV column that is another field than its name says, for example `timestamp=at`; can be repeated.
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = column)]
    pub columns: Vec<(String, String)>,
    /// The service of events that do not name one.
    #[arg(long, default_value = "web")]
    pub service: String,
    /// A name that keeps files apart which have the same line at the same place, such as those of two servers.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub source: String,
    /// The unit of the times in access logs.
    #[arg(long, default_value = "s")]
    pub time_unit: TimeUnit,
    /// Write refused lines to this file, as JSON lines, instead of to the screen.
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Requests at once.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub requests: u8,
}

/// `ops broadcast`.
#[derive(Debug, Args)]
pub struct Broadcast {
    /// What everybody is told.
    #[arg(
        required_unless_present = "reconnect_within",
        conflicts_with = "reconnect_within"
    )]
    pub message: Option<String>,
    /// The message is JSON, and no text.
    #[arg(long, requires = "message")]
    pub as_json: bool,
    /// Have each client open a new connection at a moment within so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=3_600))]
    pub reconnect_within: Option<u16>,
    /// Why, for people.
    #[arg(long, default_value = "deploy", requires = "reconnect_within")]
    pub reason: String,
    /// Only the connections of this tenant.
    #[arg(long)]
    pub tenant: Option<String>,
}

/// `ops check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Processes of a pool that were asked for, where ECS does not know: on this machine.
    #[arg(long, env = "POOL", value_name = "PROCESSES")]
    pub pool: Option<u32>,
}

/// `ops weekly`.
#[derive(Debug, Args)]
pub struct Weekly {
    /// What `ops weekly --json` printed earlier, to tell what has grown since.
    #[arg(long, value_name = "FILE")]
    pub before: Option<PathBuf>,
}

/// `ops seed`.
#[derive(Debug, Args)]
pub struct Seed {
    /// How many events.
    #[arg(long, default_value_t = 100_000)]
    pub events: u64,
    /// What the events are made from.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Over how many days they are spread.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=365))]
    pub days: u16,
    /// When they end, as RFC 3339 [default: now].
    #[arg(long, value_parser = moment)]
    pub until: Option<OffsetDateTime>,
    /// Requests at once.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub requests: u8,
}

impl Import {
    /// How the files are to be read.
    pub fn plan(&self) -> Result<Plan, PlanError> {
        let format = |file: &String| self.format.map_or_else(|| Format::of(file), Ok);
        let files = self
            .files
            .iter()
            .map(|file| Ok((file.clone(), format(file)?)));
        let plan = Plan {
            files: files.collect::<Result<_, PlanError>>()?,
            event_type: self.event_type,
            columns: self.columns.iter().cloned().collect(),
            unit: self.time_unit,
            service: self.service.clone(),
            source: self.source.clone(),
        };
        plan.check()?;
        Ok(plan)
    }
}

fn column(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((column, field)) if !column.is_empty() && !field.is_empty() => {
            Ok((column.into(), field.into()))
        }
        _ => Err("it must be COLUMN=FIELD"),
    }
}

fn moment(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn plan(arguments: &[&str]) -> Result<Plan, PlanError> {
        let arguments = ["ops", "import"].iter().chain(arguments);
        match Cli::try_parse_from(arguments).unwrap().command {
            Command::Import(import) => import.plan(),
            _ => panic!("an import"),
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_plan_is_made_or_refused_before_anything_is_read() {
        let good = plan(&["a.csv", "-", "--format", "csv", "--map", "when=at"]).unwrap();
        assert_eq!(good.files.len(), 2);
        assert_eq!(good.columns["when"], "at");
        assert_eq!(
            plan(&["-"]).unwrap_err(),
            PlanError::UnknownFormat("-".into())
        );
        let sessions = plan(&["a.log", "--type", "session"]).unwrap_err();
        assert_eq!(sessions, PlanError::NoSessions("a.log".into()));
    }
}
