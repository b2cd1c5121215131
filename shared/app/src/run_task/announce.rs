//! Tells whoever listens what has become of a task, after it is written and before the message is
//! acknowledged.

use domain::ports::PortError;
use domain::{Task, causes};

use super::{Delivery, Outcome, RunTask};

impl RunTask {
    /// Announces a step on the way.
    pub(super) async fn tell(&self, task: &Task) {
        self.announcer.tell(task).await;
    }

    /// Announces the end, again where it was announced before. Where that fails the message comes
    /// back, to repeat the announcement and nothing else.
    ///
    /// The task's place is given back first, and again with every repetition: an outage of the push
    /// side holds up nobody else's work.
    pub(super) async fn conclude(&self, task: &Task, delivery: &Delivery) -> Outcome {
        self.make_room(&task.tenant, task.request_id).await;
        match self.announcer.announce(task).await {
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
