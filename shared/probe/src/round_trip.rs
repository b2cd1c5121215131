//! The steps, one after the other.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use reqwest::Client;
use tokio::time::{Instant, timeout};

use crate::api::Session;
use crate::socket::Dialer;
use crate::{Login, NotBuilt, ProbeError, Target};

/// How long each step may take. A task waits for a cold start at most, or for a burst to pass.
const LONGEST: Duration = Duration::from_secs(10);
const LONGEST_TASK: Duration = Duration::from_mins(1);

/// Makes round trips.
#[derive(Debug, Clone)]
pub struct Probe {
    target: Target,
    http: Client,
    dialer: Dialer,
}

/// What a round trip consists of, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Name and password to Cognito, an ID token back.
    SignIn,
    /// A ticket, and a WebSocket by it.
    Connect,
    /// A small task.
    Submit,
    /// Its end, pushed to the WebSocket.
    Receive,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::SignIn, Self::Connect, Self::Submit, Self::Receive];

    /// Its stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Connect => "connect",
            Self::Submit => "submit",
            Self::Receive => "receive",
        }
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What came of a round trip.
#[derive(Debug, Default)]
pub struct RoundTrip {
    /// The steps that went well, with their times.
    pub steps: Vec<(Step, Duration)>,
    /// The one that did not, after which there were no others.
    pub failed: Option<Failed>,
}

/// A step that failed.
#[derive(Debug, thiserror::Error)]
#[error("{step} failed")]
pub struct Failed {
    /// Which.
    pub step: Step,
    /// Why.
    #[source]
    pub cause: ProbeError,
}

impl RoundTrip {
    /// Whether all went well.
    pub fn is_ok(&self) -> bool {
        self.failed.is_none()
    }

    /// The time of all steps that went well.
    pub fn total(&self) -> Duration {
        self.steps.iter().map(|(_, time)| *time).sum()
    }
}

impl Probe {
    /// A probe of this deployment.
    ///
    /// # Errors
    ///
    /// The system's TLS cannot be used.
    pub fn new(target: Target) -> Result<Self, NotBuilt> {
        let http = Client::builder().build();
        Ok(Self {
            target,
            http: http.map_err(|error| NotBuilt(error.into()))?,
            dialer: Dialer::new()?,
        })
    }

    /// Makes one round trip as this user.
    pub async fn round_trip(&self, login: &Login) -> RoundTrip {
        let mut steps = Vec::new();
        let failed = self.go(login, &mut steps).await.err();
        RoundTrip { steps, failed }
    }

    async fn go(&self, login: &Login, steps: &mut Vec<(Step, Duration)>) -> Result<(), Failed> {
        let begin = Session::begin(&self.http, &self.target, login);
        let session = take(steps, Step::SignIn, LONGEST, begin).await?;
        let open = async { self.dialer.open(&session.socket_url().await?).await };
        let mut socket = take(steps, Step::Connect, LONGEST, open).await?;
        let id = take(steps, Step::Submit, LONGEST, session.submit()).await?;
        let receive = async {
            match socket.end_of(&id).await?.as_str() {
                "completed" => Ok(()),
                other => Err(ProbeError::Ended(other.to_owned())),
            }
        };
        take(steps, Step::Receive, LONGEST_TASK, receive).await?;
        socket.close().await;
        Ok(())
    }
}

/// Takes a step and notes its time.
async fn take<T>(
    steps: &mut Vec<(Step, Duration)>,
    step: Step,
    longest: Duration,
    work: impl Future<Output = Result<T, ProbeError>>,
) -> Result<T, Failed> {
    let started = Instant::now();
    let taken = match timeout(longest, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(ProbeError::TooLong(longest)),
    };
    let taken = taken.map_err(|cause| Failed { step, cause })?;
    steps.push((step, started.elapsed()));
    Ok(taken)
}

#[cfg(test)]
mod tests;
