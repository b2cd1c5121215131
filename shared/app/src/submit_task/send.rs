//! The second half of a submission: a worker is asked to run the task.

use std::time::Duration;

use domain::ports::{Job, PortError};
use domain::{Failure, Task, causes};
use retry::Backoff;

use super::take::Taken;
use super::{SubmitTask, SubmitTaskError, Submitted};

/// How often a message is sent before giving up. The caller waits, so not for long.
const SENDS: Backoff = Backoff {
    base: Duration::from_millis(100),
    cap: Duration::from_millis(400),
    attempts: 3,
};

impl SubmitTask {
    pub(crate) async fn send(&self, job: &Job) -> Result<(), PortError> {
        let mut sends = 1;
        loop {
            match self.queue.send(job).await {
                Err(PortError::Unavailable { .. }) if sends < SENDS.attempts => {
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
        for sends in 1..SENDS.attempts {
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
        tokio::time::sleep(SENDS.wait(sends, self.entropy.as_ref())).await;
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
