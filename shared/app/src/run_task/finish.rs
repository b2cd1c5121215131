//! Writes how an attempt ended.

use std::fmt::Write as _;

use domain::text::cut;
use domain::{Failure, Task, TaskResult};
use retry::Backoff;

use super::change::Stop;
use super::claim::Held;
use super::work::Worked;
use super::{Delivery, Outcome, RunTask, shown};

/// Longest message of a failure, in bytes.
const LONGEST_MESSAGE: usize = 1_000;

impl RunTask {
    /// A result or a permanent failure ends the task; a failure that may pass gives it back, or
    /// ends it after the last attempt.
    pub(super) async fn finish(
        &self,
        mut held: Held,
        worked: Worked,
        delivery: &Delivery,
    ) -> Result<Outcome, Stop> {
        let Worked { outcome, progress } = worked;
        // The last report becomes part of the end, which saves a version of its own.
        let last = move |task: &mut domain::Task| {
            task.progress = progress.clone().or(task.progress.take());
        };
        match outcome.map_err(readable) {
            Ok(result) => self.complete(&mut held, result, last).await?,
            Err(failure) => {
                let backoff = self.registry.catalogue().retry(&held.task.kind);
                let jitter = self.entropy.as_ref();
                match backoff.next(held.task.tries, failure.retry, jitter) {
                    Some(wait) => return self.release(held, failure, wait, true).await,
                    None => {
                        self.fail(&mut held, given_up(failure, backoff), last)
                            .await?;
                    }
                }
            }
        }
        Ok(self.conclude(&held.task, delivery).await)
    }

    async fn complete(
        &self,
        held: &mut Held,
        result: TaskResult,
        last: impl Fn(&mut Task),
    ) -> Result<(), Stop> {
        let now = self.clock.now();
        let completed = self.change(held, |task, token| {
            last(task);
            task.complete(token, result.clone(), now)
        });
        completed.await?;
        shown::ended("completed", None);
        Ok(())
    }

    async fn fail(
        &self,
        held: &mut Held,
        failure: Failure,
        last: impl Fn(&mut Task),
    ) -> Result<(), Stop> {
        let now = self.clock.now();
        let failed = self.change(held, |task, token| {
            last(task);
            task.fail(token, failure.clone(), now)
        });
        failed.await?;
        shown::ended("failed", Some(&failure));
        Ok(())
    }
}

fn readable(mut failure: Failure) -> Failure {
    failure.message = cut(&failure.message, LONGEST_MESSAGE).to_owned();
    failure
}

/// What might have passed stays so: by that, later deliveries know the message for a dead letter.
fn given_up(mut failure: Failure, backoff: Backoff) -> Failure {
    if failure.retry.may_help() {
        let attempts = backoff.attempts;
        // Writing to a `String` cannot fail.
        let _ = write!(failure.message, " Given up after {attempts} attempts.");
    }
    failure
}
