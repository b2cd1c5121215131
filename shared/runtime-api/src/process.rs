//! One execution environment: a process and the Runtime API that it calls.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Notify, watch};

use crate::api::{Api, Reported};

/// How long Lambda lets a function start.
const START: Duration = Duration::from_secs(10);

/// Lines of a process that are kept, newest last.
const MOST_LINES: usize = 2_000;

/// What a function is.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The program, as deployed.
    pub program: PathBuf,
    /// What it is started with: nothing for a binary, a script for an interpreter.
    pub arguments: Vec<String>,
    /// All of its environment, what Lambda sets itself aside.
    pub env: Vec<(String, String)>,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// How many invocations a process has in hand at once: 1 on Lambda, more on Lambda Managed
    /// Instances.
    pub at_once: usize,
}

/// The standard output and error of all processes of a function.
pub(crate) type Lines = Arc<Mutex<Vec<String>>>;

/// A running process.
pub(crate) struct Process {
    api: Api,
    hold: Hold,
    id: Option<u32>,
}

/// A way to end a process, and to learn that it has ended.
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    kill: Arc<Notify>,
    ended: watch::Receiver<bool>,
}

impl Hold {
    /// Kills by SIGKILL and returns when the process is gone.
    pub(crate) async fn kill(mut self) {
        self.kill.notify_one();
        self.ended().await;
    }

    /// Returns when the process is gone.
    pub(crate) async fn ended(&mut self) {
        // An error means that whoever watched it is gone, and so is the process: it dies with it.
        let _ = self.ended.wait_for(|ended| *ended).await;
    }
}

impl Process {
    /// Starts the program and waits until it asks for its first event.
    pub(crate) async fn start(setup: &Setup, lines: &Lines) -> Result<Self, String> {
        let name = setup.program.file_name().unwrap_or_default();
        let api = Api::start(&name.to_string_lossy()).await;
        let (api, started) = api.map_err(|error| format!("its Runtime API: {error}"))?;
        let child = command(setup, &name.to_string_lossy(), &api.address()).spawn();
        let child = child.map_err(|error| format!("{}: {error}", setup.program.display()))?;
        let id = child.id();
        let mut hold = watch_over(child, lines);
        let outcome = tokio::select! {
            started = started => started.unwrap_or_else(|_| Err("no Runtime API".into())),
            () = hold.ended() => Err("it ended before it asked for an event".into()),
            () = tokio::time::sleep(START) => Err("it does not ask for an event".into()),
        };
        match outcome {
            Ok(()) => Ok(Self { api, hold, id }),
            Err(error) => {
                hold.kill().await;
                Err(error.to_string())
            }
        }
    }

    /// The way to end it.
    pub(crate) fn hold(&self) -> Hold {
        self.hold.clone()
    }

    /// The system's id of it.
    pub(crate) fn id(&self) -> Option<u32> {
        self.id
    }

    /// Whether it can take an event.
    pub(crate) fn is_alive(&self) -> bool {
        !*self.hold.ended.borrow()
    }

    /// Has it handle one event; nothing if it ends meanwhile.
    pub(crate) async fn invoke(&self, event: Value, timeout: Duration) -> Option<Reported> {
        let mut hold = self.hold();
        let answered = self.api.hand_over(event, timeout).await;
        tokio::select! {
            biased;
            reported = answered => reported.ok(),
            () = hold.ended() => None,
        }
    }
}

/// Nobody can hand it events any more.
impl Drop for Process {
    fn drop(&mut self) {
        self.hold.kill.notify_one();
    }
}

/// What Lambda sets in the environment of a function of this name, whose Runtime API is at this address.
pub fn lambda_variables(name: &str, api: &str) -> [(&'static str, String); 6] {
    [
        ("AWS_LAMBDA_RUNTIME_API", api.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "stand-in".to_owned()),
    ]
}

fn command(setup: &Setup, name: &str, api: &str) -> Command {
    let mut command = Command::new(&setup.program);
    command
        .args(&setup.arguments)
        .env_clear()
        .envs(setup.env.iter().map(|(name, value)| (name, value)))
        .envs(lambda_variables(name, api))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    if setup.at_once > 1 {
        command.env("AWS_LAMBDA_MAX_CONCURRENCY", setup.at_once.to_string());
    }
    command
}

fn watch_over(mut child: Child, lines: &Lines) -> Hold {
    keep_lines(child.stdout.take(), lines);
    keep_lines(child.stderr.take(), lines);
    let (tell, ended) = watch::channel(false);
    let kill = Arc::new(Notify::new());
    let killed = Arc::clone(&kill);
    tokio::spawn(async move {
        tokio::select! {
            _ = child.wait() => {}
            () = killed.notified() => {
                // SIGKILL, and the wait that takes it off the list of processes.
                let _ = child.kill().await;
            }
        }
        let _ = tell.send(true);
    });
    Hold { kill, ended }
}

fn keep_lines(stream: Option<impl AsyncRead + Unpin + Send + 'static>, lines: &Lines) {
    let Some(stream) = stream else { return };
    let lines = Arc::clone(lines);
    tokio::spawn(async move {
        let mut read = BufReader::new(stream).lines();
        while let Ok(Some(line)) = read.next_line().await {
            let mut kept = lines.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == MOST_LINES {
                kept.remove(0);
            }
            kept.push(line);
        }
    });
}
