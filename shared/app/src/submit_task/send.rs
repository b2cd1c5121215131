//! The second half of a submission: a worker is asked to run the task.

use domain::ports::{Job, PortError};
use domain::{Failure, Task, causes};
use time::Duration;

use super::take::Taken;
use super::{SubmitTask, SubmitTaskError, Submitted};
use crate::backoff::Backoff;

/// How often a message is sent before giving up.
const SENDS: u32 = 3;

/// The caller waits, so not for long.
const PAUSE: Backoff = Backoff {
    base: Duration::milliseconds(100),
    cap: Duration::milliseconds(400),
};

impl SubmitTask {
    pub(crate) async fn send(&self, job: &Job) -> Result<(), PortError> {
        let mut sends = 1;
        loop {
            match self.queue.send(job).await {
                Err(PortError::Unavailable { .. }) if sends < SENDS => {
                    self.pause(sends).await;
                    sends += 1;
                }
                last => return last,
            }
        }
    }

    /// One outcome for each, in their order.
    pub(crate) async fn send_all(&self, jobs: &[Job]) -> Vec<Result<(), PortError>> {
        let mut outcomes = self.queue.send_all(jobs).await;
        for sends in 1..SENDS {
            let again = |outcome: &_| matches!(outcome, Err(PortError::Unavailable { .. }));
            let places: Vec<_> = (0..jobs.len()).filter(|&n| again(&outcomes[n])).collect();
            if places.is_empty() {
                break;
            }
            self.pause(sends).await;
            let unsent: Vec<_> = places.iter().map(|&place| jobs[place].clone()).collect();
            let sent = self.queue.send_all(&unsent).await;
            for (place, outcome) in places.into_iter().zip(sent) {
                outcomes[place] = outcome;
            }
        }
        outcomes
    }

    async fn pause(&self, sends: u32) {
        let pause = PAUSE.wait(sends, self.entropy.as_ref());
        tokio::time::sleep(pause.unsigned_abs()).await;
    }

    /// What the caller is told after sending.
    pub(crate) async fn settle(
        &self,
        taken: Taken,
        sent: Result<(), PortError>,
    ) -> Result<Submitted, SubmitTaskError> {
        let Taken { task, replayed, .. } = taken;
        match sent {
            Ok(()) => Ok(Submitted { task, replayed }),
            Err(cause) if taken.repeatable => Err(SubmitTaskError::NotQueued(cause)),
            Err(cause) => self.give_up(task, cause).await,
        }
    }

    async fn give_up(
        &self,
        mut task: Task,
        cause: PortError,
    ) -> Result<Submitted, SubmitTaskError> {
        let submitted = task.clone();
        let failure = Failure::permanent("not_queued", "No worker could be asked to run the task.");
        if task.reject(failure, self.clock.now()).is_ok() {
            match self.tasks.replace(&task, submitted.version).await {
                // A worker has it: a message whose answer was lost did arrive.
                Err(PortError::Conflict { .. }) => {
                    return Ok(Submitted {
                        task: submitted,
                        replayed: false,
                    });
                }
                Err(error) => tracing::warn!(
                    task.id = %task.request_id, error = causes(&error),
                    "a task without a message stays queued"
                ),
                Ok(()) => {}
            }
        }
        Err(SubmitTaskError::NotQueued(cause))
    }
}
