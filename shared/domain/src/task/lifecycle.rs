//! The transitions of a task: plain functions over a value. Stores write the outcome under the
//! condition that nobody else has changed the task since it was read, so these functions are the
//! whole protocol.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{NewTask, Progress, State, Status, Task, TaskResult};
use crate::Usage;
use crate::failure::Failure;
use crate::ids::LeaseToken;

/// A worker's hold on a running task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Who holds it.
    pub token: LeaseToken,
    /// From this moment on anybody may claim the task.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
}

/// Why a transition is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Terminal states never change.
    #[error("the task has ended: {}", .0.name())]
    Ended(Status),
    /// Another worker holds the task.
    #[error("another worker holds the task until {until}")]
    Held {
        /// When its lease ends.
        until: OffsetDateTime,
    },
    /// The worker's own lease was taken over.
    #[error("the lease is no longer ours")]
    LeaseLost,
    /// Only a task that ended without a result can be run again.
    #[error("a {} task cannot be retried", .0.name())]
    NotRetriable(Status),
}

impl Task {
    /// A new task at version 1, waiting for a worker.
    pub fn submit(new: NewTask, now: OffsetDateTime) -> Self {
        let NewTask {
            request_id,
            tenant,
            owner,
            kind,
            input,
            tags,
            terms,
        } = new;
        let mut task = Self {
            request_id,
            tenant,
            owner,
            kind,
            input,
            tags,
            terms,
            state: State::Queued,
            version: 0,
            trace: None,
            again_at: None,
            usage: Usage::NONE,
            used_before: Usage::NONE,
            progress: None,
            attempt: 0,
            tries: 0,
            created_at: now,
            updated_at: now,
            started_at: None,
            finished_at: None,
            updates: Vec::new(),
        };
        task.record(now, None);
        task
    }

    /// Takes the task for one attempt. A lease that has run out counts as none.
    pub fn claim(
        &mut self,
        token: LeaseToken,
        now: OffsetDateTime,
        length: Duration,
    ) -> Result<(), Refused> {
        match &self.state {
            State::Queued => {}
            State::Running { lease } if lease.until <= now => {}
            State::Running { lease } => return Err(Refused::Held { until: lease.until }),
            ended => return Err(Refused::Ended(ended.status())),
        }
        self.state = State::Running {
            lease: Lease {
                token,
                until: now + length,
            },
        };
        self.again_at = None;
        self.attempt += 1;
        self.tries += 1;
        self.progress = None;
        self.started_at = Some(now);
        self.record(now, None);
        Ok(())
    }

    /// Reports how far the attempt is, and extends its lease.
    pub fn advance(
        &mut self,
        token: LeaseToken,
        progress: Progress,
        now: OffsetDateTime,
        length: Duration,
    ) -> Result<(), Refused> {
        self.check_lease(token)?;
        self.state = State::Running {
            lease: Lease {
                token,
                until: now + length,
            },
        };
        self.progress = Some(progress);
        self.record(now, None);
        Ok(())
    }

    /// Ends the task with a result. Progress, where there was any, ends at 100 percent.
    pub fn complete(
        &mut self,
        token: LeaseToken,
        result: TaskResult,
        now: OffsetDateTime,
    ) -> Result<(), Refused> {
        self.check_lease(token)?;
        if let Some(progress) = &mut self.progress {
            progress.percent = 100;
        }
        self.end(State::Completed { result }, now, None);
        Ok(())
    }

    /// Ends the task without a result.
    pub fn fail(
        &mut self,
        token: LeaseToken,
        failure: Failure,
        now: OffsetDateTime,
    ) -> Result<(), Refused> {
        self.check_lease(token)?;
        self.end(
            State::Failed {
                failure: failure.clone(),
            },
            now,
            Some(failure),
        );
        Ok(())
    }

    /// Ends the task because it ran out of time.
    pub fn time_out(
        &mut self,
        token: LeaseToken,
        failure: Failure,
        now: OffsetDateTime,
    ) -> Result<(), Refused> {
        self.check_lease(token)?;
        self.end(
            State::TimedOut {
                failure: failure.clone(),
            },
            now,
            Some(failure),
        );
        Ok(())
    }

    /// Gives the task back after a transient failure, so that its next delivery can claim it.
    pub fn release(
        &mut self,
        token: LeaseToken,
        failure: Failure,
        now: OffsetDateTime,
    ) -> Result<(), Refused> {
        self.check_lease(token)?;
        self.state = State::Queued;
        self.progress = None;
        self.record(now, Some(failure));
        Ok(())
    }

    /// Ends a queued task that no worker will get.
    pub fn reject(&mut self, failure: Failure, now: OffsetDateTime) -> Result<(), Refused> {
        match &self.state {
            State::Queued => {}
            State::Running { lease } => return Err(Refused::Held { until: lease.until }),
            ended => return Err(Refused::Ended(ended.status())),
        }
        let state = State::Failed {
            failure: failure.clone(),
        };
        self.end(state, now, Some(failure));
        Ok(())
    }

    /// Calls the task off, queued or running.
    pub fn cancel(&mut self, now: OffsetDateTime) -> Result<(), Refused> {
        if self.status().is_terminal() {
            return Err(Refused::Ended(self.status()));
        }
        self.end(State::Cancelled, now, None);
        Ok(())
    }

    /// Queues a task again that ended without a result. Its next attempts are numbered on, since
    /// an attempt's number also names what it left in the result store, but it has all its tries.
    pub fn retry(&mut self, now: OffsetDateTime) -> Result<(), Refused> {
        match self.status() {
            Status::Failed | Status::TimedOut | Status::Cancelled => {}
            other => return Err(Refused::NotRetriable(other)),
        }
        self.state = State::Queued;
        self.progress = None;
        self.finished_at = None;
        self.again_at = None;
        self.tries = 0;
        self.used_before = self.usage;
        self.record(now, None);
        Ok(())
    }

    /// Says when a task that was given back is to be tried again, so that nobody takes it for stuck
    /// before.
    pub fn again(&mut self, at: OffsetDateTime) {
        self.again_at = Some(at);
    }

    /// Lets the last attempt not count as a try: nothing of it has failed.
    pub fn uncount(&mut self) {
        self.tries = self.tries.saturating_sub(1);
    }

    fn check_lease(&self, ours: LeaseToken) -> Result<(), Refused> {
        match &self.state {
            State::Running { lease } if lease.token == ours => Ok(()),
            State::Queued | State::Running { .. } => Err(Refused::LeaseLost),
            ended => Err(Refused::Ended(ended.status())),
        }
    }

    fn end(&mut self, state: State, now: OffsetDateTime, error: Option<Failure>) {
        self.state = state;
        self.finished_at = Some(now);
        self.record(now, error);
    }
}
