//! Tells whoever listens what has become of a task, after it is written and before the message is
//! acknowledged.

use std::time::Duration;

use domain::ports::{Announcement, PortError};
use domain::{Callback, Task, causes};
use tokio::time::timeout;

use super::{Delivery, Outcome, RunTask};

/// How long work waits for the announcement of a step.
const PATIENCE: Duration = Duration::from_secs(1);

impl RunTask {
    /// Announces a step on the way. An outage of the push side does not hold up the work: whoever
    /// misses a step finds it in the history.
    pub(super) async fn tell(&self, task: &Task) {
        match timeout(PATIENCE, self.announce(task)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = causes(&error), "an update was not announced");
            }
            Err(_) => tracing::warn!("an update was not announced in time"),
        }
    }

    /// Announces the end, again where it was announced before. Where that fails the message comes
    /// back, to repeat the announcement and nothing else.
    pub(super) async fn conclude(&self, task: &Task, delivery: &Delivery) -> Outcome {
        match self.announce(task).await {
            Ok(()) => verdict(task),
            Err(error @ PortError::Broken { .. }) => {
                tracing::error!(error = causes(&error), "an end cannot be announced");
                verdict(task)
            }
            Err(error) => {
                tracing::warn!(error = causes(&error), "an end was not announced");
                self.after_outage(delivery)
            }
        }
    }

    async fn announce(&self, task: &Task) -> Result<(), PortError> {
        let Some(update) = task.latest() else {
            return Ok(());
        };
        let announcement = Announcement {
            tenant: task.tenant.clone(),
            owner: task.owner.clone(),
            request_id: task.request_id,
            kind: task.kind.clone(),
            tags: task.tags.clone(),
            update: update.clone(),
            result: task.state.result().cloned(),
        };
        let (announced, called_back) =
            tokio::join!(self.updates.send(&announcement), self.call_back(task));
        announced.and(called_back)
    }

    /// Asks for the submitter to be told of the end, where that is wanted.
    async fn call_back(&self, task: &Task) -> Result<(), PortError> {
        match Callback::due(task) {
            Some(callback) => self.callbacks.send(&callback).await,
            None => Ok(()),
        }
    }
}

/// A task that failed though trying again might have helped is for a person to look at. That
/// holds for every delivery of its message: the one before may have ended on the way there.
fn verdict(task: &Task) -> Outcome {
    match task.state.failure() {
        Some(failure) if failure.retry.may_help() => Outcome::DeadLetter {
            reason: failure.to_string(),
        },
        _ => Outcome::Done,
    }
}
