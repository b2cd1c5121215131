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

    /// Keeps the report and announces the end, again where that was done before. Where either fails
    /// the message comes back, to repeat the two and nothing else.
    ///
    /// The task's place is given back beside that, and again with every repetition: an outage of the push
    /// side holds up nobody else's work.
    pub(super) async fn conclude(&self, task: &Task, delivery: &Delivery) -> Outcome {
        let making_room = self.make_room(&task.tenant, task.request_id);
        let telling = async {
            // The report first, so that whoever hears of the end finds it.
            let kept = is_settled(self.keep_report(task).await, "the report was not kept");
            let told = self.announcer.announce(task).await;
            (kept, is_settled(told, "the end was not announced"))
        };
        let ((), (kept, told)) = tokio::join!(making_room, telling);
        if kept && told {
            verdict(task)
        } else {
            self.after_outage(delivery)
        }
    }
}

/// Whether it is done, or trying again cannot help.
fn is_settled(outcome: Result<(), PortError>, otherwise: &'static str) -> bool {
    match outcome {
        Ok(()) => true,
        Err(error @ PortError::Broken { .. }) => {
            tracing::error!(error = causes(&error), "{otherwise}, and will not be");
            true
        }
        Err(error) => {
            tracing::warn!(error = causes(&error), "{otherwise}");
            false
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
