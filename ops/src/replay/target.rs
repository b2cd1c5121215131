//! Who gets the event: the deployed function, a program of this machine, or one under a debugger.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use runtime_api::{Attached, Failed, Function, Setup, lambda_variables};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::args::Replay;
use super::compare::Delivery;
use super::no_target::NoTarget;
use super::run::{Deployed, DeployedError};

/// There is no answer to an event.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error(transparent)]
    Deployed(#[from] DeployedError),
    #[error(transparent)]
    Program(#[from] Failed),
}

/// Who gets the event.
pub(super) enum Target<'a> {
    /// The deployed function.
    Deployed(&'a dyn Deployed, &'a str),
    /// A program that we start, and can kill.
    Program(Function),
    /// A program that somebody starts.
    Attached(Attached, Duration),
    /// A program that a command starts, which ends with us.
    Under(Attached, Duration, Box<Mutex<Child>>),
}

impl<'a> Target<'a> {
    pub(super) async fn of(
        args: &Replay,
        function: &'a str,
        deployed: &'a dyn Deployed,
    ) -> Result<Self, NoTarget> {
        if args.deployed {
            return Ok(Target::Deployed(deployed, function));
        }
        let longest = Duration::from_secs(args.timeout.into());
        let variables = deployed.variables(function).await?;
        if args.attach {
            return attach(function, &variables, args.env_file.as_deref(), longest).await;
        }
        let program = program(args, function)?;
        let env = [variables, inherited()].concat();
        if let Some(command) = &args.under {
            return under(command, &program, function, env, longest).await;
        }
        let setup = Setup {
            program,
            arguments: vec![],
            env,
            timeout: longest,
            at_once: 1,
        };
        let started = Function::spawn(setup).await?;
        if args.pause {
            pause(function, &started).await?;
        }
        Ok(Target::Program(started))
    }

    async fn invoke(&self, event: &Value) -> Result<Value, NoAnswer> {
        Ok(match self {
            Self::Deployed(deployed, function) => deployed.invoke(function, event).await?,
            Self::Program(function) => function.invoke(event.clone()).await?,
            Self::Attached(attached, longest) => attached.invoke(event.clone(), *longest).await?,
            Self::Under(attached, longest, child) => {
                let mut child = child.lock().await;
                tokio::select! {
                    biased;
                    answer = attached.invoke(event.clone(), *longest) => answer?,
                    _ = child.wait() => return Err(Failed::Died.into()),
                }
            }
        })
    }

    pub(super) async fn deliver(&self, name: impl Into<String>, event: &Value) -> Delivery {
        let start = Instant::now();
        let (answer, error) = match self.invoke(event).await {
            Ok(answer) => (Some(answer), None),
            Err(error) => (None, Some(domain::causes(&error))),
        };
        Delivery {
            name: name.into(),
            ms: start.elapsed().as_millis(),
            answer,
            error,
            killed: false,
        }
    }

    /// What the program has written; none where we do not see it.
    pub(super) fn log(&self) -> Option<Vec<String>> {
        match self {
            Self::Program(function) => Some(function.log()),
            _ => None,
        }
    }
}

fn program(args: &Replay, function: &str) -> Result<PathBuf, NoTarget> {
    let program = args.program.clone();
    let program = program.unwrap_or_else(|| PathBuf::from("target/debug").join(function));
    if program.exists() {
        return Ok(program);
    }
    Err(NoTarget::NotBuilt {
        program,
        function: function.to_owned(),
    })
}

fn tell(words: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{words}")
}

/// Without the values of the function's own variables: some are secrets, and who starts the program has them.
async fn attach<'a>(
    function: &str,
    variables: &[(String, String)],
    env_file: Option<&Path>,
    longest: Duration,
) -> Result<Target<'a>, NoTarget> {
    let mut attached = Attached::open(function).await?;
    let given = lambda_variables(function, &attached.address());
    if let Some(file) = env_file {
        let given = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let all = variables.iter().cloned().chain(inherited()).chain(given);
        let written = write_variables(file, all);
        written.map_err(|cause| NoTarget::EnvFile {
            file: file.to_owned(),
            cause,
        })?;
    }
    let given: Vec<_> = given
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let names: Vec<_> = variables.iter().map(|(name, _)| name.as_str()).collect();
    tell(&format!(
        "{}\nStart {function} with these and with the function's own variables, for instance under a debugger: {}\nWaiting.",
        given.join("\n"),
        names.join(", ")
    ))?;
    attached.ready().await?;
    Ok(Target::Attached(attached, longest))
}

/// For shells and launchers. Nobody else on this machine can read them: some are secrets.
fn write_variables(file: &Path, all: impl Iterator<Item = (String, String)>) -> io::Result<()> {
    let mut text = String::new();
    for (name, value) in all {
        let quoted = value.replace('\'', r"'\''");
        // A text takes whatever is written.
        let _ = writeln!(text, "{name}='{quoted}'");
    }
    let mut private = OpenOptions::new();
    private.write(true).create(true).truncate(true).mode(0o600);
    private.open(file)?.write_all(text.as_bytes())
}

/// The command has the terminal: a debugger may talk to its person. What it writes goes beside what we print.
async fn under<'a>(
    command: &str,
    program: &Path,
    function: &str,
    env: Vec<(String, String)>,
    longest: Duration,
) -> Result<Target<'a>, NoTarget> {
    let mut attached = Attached::open(function).await?;
    let mut words = command.split_whitespace().map(OsString::from);
    let first = words.next().ok_or(NoTarget::NoCommand)?;
    let mut child = Command::new(&first)
        .args(words)
        .arg(program)
        .env_clear()
        .envs(terminal())
        .envs(env)
        .envs(lambda_variables(function, &attached.address()))
        .stdout(Stdio::from(io::stderr()))
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| NoTarget::Under {
            command: first.into(),
            cause,
        })?;
    // Ctrl-C is for the debugger, which shares the terminal with us.
    tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    if let Some(id) = child.id() {
        tell(&format!("{command} runs {function} as process {id}"))?;
    }
    tokio::select! {
        ready = attached.ready() => ready?,
        ended = child.wait() => {
            let ended = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
            let (command, function) = (command.to_owned(), function.to_owned());
            return Err(NoTarget::Ended { command, function, ended });
        }
    }
    Ok(Target::Under(
        attached,
        longest,
        Box::new(Mutex::new(child)),
    ))
}

async fn pause(function: &str, started: &Function) -> Result<(), NoTarget> {
    let id = started.process_id().await.ok_or(NoTarget::Gone)?;
    tell(&format!(
        "{function} runs as process {id}. Attach a debugger, such as gdb -p {id}, and press Enter to deliver the event."
    ))?;
    let entered = tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new()));
    let entered = entered.await.map_err(io::Error::other)?;
    entered.map(drop).map_err(NoTarget::Input)
}

/// What Lambda would give beside the function's own variables, and where the program finds its way.
fn inherited() -> Vec<(String, String)> {
    let wanted =
        |name: &str| name.starts_with("AWS_") || ["PATH", "HOME", "RUST_BACKTRACE"].contains(&name);
    std::env::vars().filter(|(name, _)| wanted(name)).collect()
}

/// What a debugger needs to talk to its person.
fn terminal() -> Vec<(String, String)> {
    let wanted = |name: &str| ["TERM", "LANG", "SHELL", "USER"].contains(&name);
    std::env::vars().filter(|(name, _)| wanted(name)).collect()
}
