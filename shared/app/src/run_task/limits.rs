//! Ends work that takes too long, before something else does it without a word.

use std::future::pending;
use std::time::Duration;

use domain::{Failure, Task};
use time::OffsetDateTime;
use tokio::time::{Instant, sleep, sleep_until};

use super::change::Stop;
use super::claim::Held;
use super::{Delivery, Outcome, RunTask, shown};

/// What the last write and its announcement get of a worker's time. Both take milliseconds; this
/// is for a store that has to be asked twice.
const MARGIN: Duration = Duration::from_secs(4);

impl RunTask {
    /// Why the task is not to be run at all any more.
    pub(super) fn overdue(&self, task: &Task) -> Option<Failure> {
        let overdue = task.terms.is_overdue(self.clock.now());
        task.terms
            .deadline
            .filter(|_| overdue)
            .map(deadline_exceeded)
    }

    /// Waits for the first of the task's limits, and says which it was: the submitter's deadline,
    /// the kind's own limit, or the end of this worker.
    pub(super) async fn out_of_time(&self, task: &Task, until: Option<Instant>) -> Failure {
        let by_submitter = async {
            let Some(deadline) = task.terms.deadline else {
                return pending().await;
            };
            let left = deadline - self.clock.now();
            sleep(left.max(time::Duration::ZERO).unsigned_abs()).await;
            deadline_exceeded(deadline)
        };
        let by_kind = async {
            let Some(longest) = self.registry.catalogue().longest_run(&task.kind) else {
                return pending().await;
            };
            sleep(longest).await;
            run_too_long(longest)
        };
        let by_worker = async {
            let Some(until) = until else {
                return pending().await;
            };
            sleep_until(until.checked_sub(MARGIN).unwrap_or(until)).await;
            function_timeout()
        };
        tokio::select! {
            biased;
            failure = by_submitter => failure,
            failure = by_kind => failure,
            failure = by_worker => failure,
        }
    }

    /// Ends the task as timed out.
    pub(super) async fn time_out(
        &self,
        mut held: Held,
        failure: Failure,
        delivery: &Delivery,
    ) -> Result<Outcome, Stop> {
        let now = self.clock.now();
        let timed_out = self.change(&mut held, |task, token| {
            task.time_out(token, failure.clone(), now)
        });
        timed_out.await?;
        shown::ended("timed_out", Some(&failure));
        Ok(self.conclude(&held.task, delivery).await)
    }
}

fn deadline_exceeded(deadline: OffsetDateTime) -> Failure {
    let message = format!(
        "The task's deadline, {deadline}, passed before it was done. Submit it again with a later \
         one."
    );
    Failure::permanent("deadline_exceeded", message)
}

fn run_too_long(longest: Duration) -> Failure {
    let message = format!(
        "Tasks of this kind may take {} seconds. Submit several smaller ones instead.",
        longest.as_secs()
    );
    Failure::permanent("run_too_long", message)
}

fn function_timeout() -> Failure {
    let message = "The task takes longer than a worker has. Submit several smaller ones instead, \
                   or retry it where it was slow for another reason.";
    Failure::permanent("function_timeout", message)
}
