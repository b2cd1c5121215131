//! Delivers an event to a function in the ways that were asked for.

use std::time::Duration;

use async_trait::async_trait;
use aws_call::CallError;
use domain::capture::Capture;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::args::Replay;
use super::as_captured::AsCaptured;
use super::compare::{Delivery, Replayed};
use super::event::{records, redelivered, shuffled};
use super::no_target::NoTarget;
use super::target::Target;

/// How long after its answer a program's line may come.
const LATE: Duration = Duration::from_secs(2);

/// A deployed function did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeployedError {
    /// Lambda refuses, or does not answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The function itself reported an error.
    #[error("the function reported {kind}: {message}")]
    Reported {
        /// The error's type, by its own word.
        kind: String,
        /// Its words.
        message: String,
    },
}

/// The deployed functions.
#[async_trait]
pub trait Deployed: Send + Sync {
    /// The variables that a function has.
    ///
    /// # Errors
    ///
    /// See [`DeployedError`].
    async fn variables(&self, function: &str) -> Result<Vec<(String, String)>, DeployedError>;

    /// Invokes a function and waits for its answer.
    ///
    /// # Errors
    ///
    /// See [`DeployedError`].
    async fn invoke(&self, function: &str, event: &Value) -> Result<Value, DeployedError>;
}

/// Delivers the event as it is, and then in each way that was asked for. Where the event was captured, what comes of
/// the first delivery is compared with its capture.
///
/// # Errors
///
/// The function cannot be started or found.
pub async fn replay(
    args: &Replay,
    function: &str,
    event: &Value,
    captured: Option<(String, Capture)>,
    deployed: &dyn Deployed,
) -> Result<Replayed, NoTarget> {
    let target = Target::of(args, function, deployed).await?;
    let first = target.deliver("as it is", event).await;
    let captured = match captured {
        Some((key, capture)) => {
            let log = settled(&target).await;
            Some(AsCaptured::of(key, &capture, &first, log.as_deref()))
        }
        None => None,
    };
    let mut deliveries = vec![first];
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
    let log = target.log().unwrap_or_default();
    let replayed = Replayed::new(function.into(), records(event), deliveries, log);
    Ok(replayed.beside(captured, args.fixed))
}

/// What the program wrote of a delivery. Its line comes by another way than its answer, and may be a moment later.
async fn settled(target: &Target<'_>) -> Option<Vec<String>> {
    let start = Instant::now();
    loop {
        let log = target.log()?;
        let told = log.iter().any(|line| line.contains("\"batch.records\""));
        if told || start.elapsed() > LATE {
            return Some(log);
        }
        sleep(Duration::from_millis(10)).await;
    }
}
