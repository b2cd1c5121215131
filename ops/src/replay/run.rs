//! Delivers an event to a function in the ways that were asked for.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use runtime_api::{Attached, Failed, Function, Setup};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::args::Replay;
use super::compare::{Delivery, Replayed};
use super::event::{records, redelivered, shuffled};

/// The deployed functions.
#[async_trait]
pub trait Deployed: Send + Sync {
    /// The variables that a function has.
    ///
    /// # Errors
    ///
    /// Why they are not known, for people.
    async fn variables(&self, function: &str) -> Result<Vec<(String, String)>, String>;

    /// Invokes a function and waits for its answer.
    ///
    /// # Errors
    ///
    /// Why there is none, for people.
    async fn invoke(&self, function: &str, event: &Value) -> Result<Value, String>;
}

/// Who gets the event.
enum Target<'a> {
    Deployed(&'a dyn Deployed, &'a str),
    Program(Function),
    Attached(Attached, Duration),
}

impl Target<'_> {
    async fn invoke(&self, event: &Value) -> Result<Value, String> {
        let words = |failed: Failed| failed.to_string();
        match self {
            Self::Deployed(deployed, function) => deployed.invoke(function, event).await,
            Self::Program(function) => function.invoke(event.clone()).await.map_err(words),
            Self::Attached(attached, longest) => attached
                .invoke(event.clone(), *longest)
                .await
                .map_err(words),
        }
    }

    async fn deliver(&self, name: impl Into<String>, event: &Value) -> Delivery {
        let start = Instant::now();
        let (answer, error) = match self.invoke(event).await {
            Ok(answer) => (Some(answer), None),
            Err(error) => (None, Some(error)),
        };
        Delivery {
            name: name.into(),
            ms: start.elapsed().as_millis(),
            answer,
            error,
            killed: false,
        }
    }
}

/// Delivers the event as it is, and then in each way that was asked for.
///
/// # Errors
///
/// The function cannot be started or found, for people.
pub async fn replay(
    args: &Replay,
    function: &str,
    event: &Value,
    deployed: &dyn Deployed,
) -> Result<Replayed, String> {
    let target = target(args, function, deployed).await?;
    let mut deliveries = vec![target.deliver("as it is", event).await];
    for time in 1..=args.duplicates {
        let again = redelivered(event.clone(), time.into());
        deliveries.push(target.deliver(format!("once more ({time})"), &again).await);
    }
    if let Some(seed) = args.shuffle {
        let again = redelivered(shuffled(event.clone(), seed), args.duplicates.into());
        deliveries.push(target.deliver(format!("shuffled ({seed})"), &again).await);
    }
    if let (Some(after), Target::Program(program)) = (args.kill_after, &target) {
        let (knife, after) = (program.killer(), Duration::from_millis(after));
        let again = redelivered(event.clone(), u32::from(args.duplicates) + 1);
        let kill = async {
            sleep(after).await;
            knife.kill9().await;
        };
        let name = format!("killed after {} ms", after.as_millis());
        let (delivery, ()) = tokio::join!(target.deliver(name, &again), kill);
        let killed = delivery.answer.is_none();
        deliveries.push(Delivery { killed, ..delivery });
        let again = redelivered(again, 1);
        deliveries.push(target.deliver("after that", &again).await);
    }
    let log = match &target {
        Target::Program(program) => program.log(),
        _ => vec![],
    };
    Ok(Replayed::new(
        function.into(),
        records(event),
        deliveries,
        log,
    ))
}

async fn target<'a>(
    args: &Replay,
    function: &'a str,
    deployed: &'a dyn Deployed,
) -> Result<Target<'a>, String> {
    let longest = Duration::from_secs(args.timeout.into());
    if args.deployed {
        return Ok(Target::Deployed(deployed, function));
    }
    let variables = deployed.variables(function).await?;
    if args.attach {
        return attach(function, &variables, longest).await;
    }
    let program = args.program.clone();
    let program = program.unwrap_or_else(|| PathBuf::from("target/debug").join(function));
    if !program.exists() {
        let shown = program.display();
        return Err(format!(
            "{shown} is not there: build it by `cargo build --bin {function}`, or name it by --program"
        ));
    }
    let setup = Setup {
        program,
        arguments: vec![],
        env: [variables, inherited()].concat(),
        timeout: longest,
        at_once: 1,
    };
    let function = Function::spawn(setup)
        .await
        .map_err(|failed| failed.to_string())?;
    Ok(Target::Program(function))
}

/// Without values: some are secrets, and who starts the program has them.
async fn attach<'a>(
    function: &str,
    variables: &[(String, String)],
    longest: Duration,
) -> Result<Target<'a>, String> {
    let attached = Attached::open(function).await;
    let mut attached = attached.map_err(|error| error.to_string())?;
    let names: Vec<_> = variables.iter().map(|(name, _)| name.as_str()).collect();
    let told = format!(
        "AWS_LAMBDA_RUNTIME_API={}\nStart {function} with it and with the function's own variables, for instance under a debugger: {}\nWaiting.",
        attached.address(),
        names.join(", ")
    );
    writeln!(io::stderr(), "{told}").map_err(|error| error.to_string())?;
    attached
        .ready()
        .await
        .map_err(|failed| failed.to_string())?;
    Ok(Target::Attached(attached, longest))
}

/// What Lambda would give beside the function's own variables, and where the program finds its way.
fn inherited() -> Vec<(String, String)> {
    let wanted =
        |name: &str| name.starts_with("AWS_") || ["PATH", "HOME", "RUST_BACKTRACE"].contains(&name);
    std::env::vars().filter(|(name, _)| wanted(name)).collect()
}
