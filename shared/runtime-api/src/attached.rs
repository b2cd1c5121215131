//! A function that somebody else starts, such as a debugger.

use std::io;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::Failed;
use crate::api::Api;

/// A Runtime API for one process that is started by hand, with its address as `AWS_LAMBDA_RUNTIME_API`.
pub struct Attached {
    api: Api,
    started: Option<oneshot::Receiver<Result<(), Value>>>,
}

impl Attached {
    /// Serves a function of this name.
    ///
    /// # Errors
    ///
    /// There is no port to serve at.
    pub async fn open(name: &str) -> io::Result<Self> {
        let (api, started) = Api::start(name).await?;
        let started = Some(started);
        Ok(Self { api, started })
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> String {
        self.api.address()
    }

    /// Waits, for as long as it takes, until the process asks for its first event.
    ///
    /// # Errors
    ///
    /// It reports that it cannot start.
    pub async fn ready(&mut self) -> Result<(), Failed> {
        match self.started.take() {
            Some(started) => match started.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(Failed::NotStarted(error.to_string())),
                Err(_) => Err(Failed::Died),
            },
            None => Ok(()),
        }
    }

    /// Hands an event over and gives the answer. Nobody notices here when the process dies: the time
    /// runs out then.
    ///
    /// # Errors
    ///
    /// There is no answer, or it is an error.
    pub async fn invoke(&self, event: Value, longest: Duration) -> Result<Value, Failed> {
        let answered = self.api.hand_over(event, longest).await;
        match timeout(longest, answered).await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => Err(Failed::Reported(error)),
            Ok(Err(_)) => Err(Failed::Died),
            Err(_) => Err(Failed::TimedOut),
        }
    }
}
