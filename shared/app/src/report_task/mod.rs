//! Takes the report of a worker outside.
//!
//! A report goes through the same transitions as the work of our own: the caller's hold is a lease
//! whose token follows from the caller's name, so nothing needs to be handed out or sent back. The
//! first report takes the task, later ones move it on, and each change is one version.
//!
//! | the task is | `processing` | `completed`, `failed` |
//! |---|---|---|
//! | queued | taken | taken and ended |
//! | the caller's | moved on, lease renewed | ended |
//! | another caller's, lease over | taken over | taken over and ended |
//! | another caller's | refused: held | refused: held |
//! | ended | refused: ended | the same end again is fine, another refused: ended |

#[cfg(test)]
mod tests;

use std::sync::Arc;

use domain::kind::Catalogue;
use domain::ports::{Clock, PortError, TaskStore};
use domain::task::{INLINE_LIMIT, Progress, Refused, State};
use domain::{Failure, Identity, LeaseToken, RequestId, Status, Task, TaskResult};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::Compute;
use crate::announce_change::AnnounceChange;
use crate::charges;

/// How long a worker outside holds a task after each report. Programs that report over HTTP do so
/// more rarely than ours, and a task nobody reports on is free again after this.
pub const LEASE: Duration = Duration::minutes(5);

/// Lost races after which the caller is asked to try again.
const RACES: usize = 5;

/// Takes reports on tasks of kinds that run outside.
#[derive(Clone)]
pub struct ReportTask {
    /// Which kinds run outside.
    pub catalogue: Catalogue,
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// The way to those who listen.
    pub announce: AnnounceChange,
    /// What the time of this function costs.
    pub compute: Compute,
    /// When the report came.
    pub clock: Arc<dyn Clock>,
}

/// What a worker outside says of a task.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskReport {
    /// It works on it.
    Working(Option<Progress>),
    /// It is done.
    Completed(Value),
    /// It cannot be done.
    Failed(Failure),
}

/// Why a report changes nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReportTaskError {
    /// The caller's tenant has no such task.
    #[error("you have no task of this id")]
    Unknown,
    /// Our own workers run tasks of this kind.
    #[error(
        "tasks of the kind {kind} are run by our own workers; only those of {outside} run outside"
    )]
    NotOutside {
        /// The task's kind.
        kind: String,
        /// The kinds that run outside.
        outside: String,
    },
    /// Another worker holds the task.
    #[error("another worker holds the task until {until}")]
    Held {
        /// When its lease ends.
        until: OffsetDateTime,
    },
    /// The task has ended in another way.
    #[error("the task has ended: {}", .0.name())]
    Ended(Status),
    /// The result is too large.
    #[error("the result is {bytes} bytes of JSON, at most {INLINE_LIMIT} are taken")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// A store did not do its part, or others changed the task all the time.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl From<Refused> for ReportTaskError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Held { until } => Self::Held { until },
            Refused::Ended(status) | Refused::NotRetriable(status) => Self::Ended(status),
            // The lease was checked before the change, on the same value.
            Refused::LeaseLost => Self::Store(PortError::Conflict { what: "task" }),
        }
    }
}

impl ReportTask {
    /// Writes what the report says as the task's next version, announces it, and gives the task. A
    /// report that was written before changes nothing and is announced again, so that repeating the
    /// call mends whatever went wrong after the write.
    pub async fn run(
        &self,
        caller: &Identity,
        id: RequestId,
        report: &TaskReport,
    ) -> Result<Task, ReportTaskError> {
        check(report)?;
        for _ in 0..RACES {
            let stored = self.tasks.load(&caller.tenant, id).await?;
            let stored = stored.ok_or(ReportTaskError::Unknown)?;
            self.check_kind(&stored)?;
            if is_repeated(&stored, report) {
                self.announce.run(&stored).await?;
                return Ok(stored);
            }
            let mut task = stored.clone();
            apply(&mut task, token_of(caller), report, self.clock.now())?;
            task.usage += charges::call(&task, &self.compute);
            match self.tasks.replace(&task, stored.version).await {
                Ok(()) => {
                    self.announce.run(&task).await?;
                    return Ok(task);
                }
                Err(PortError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(PortError::Conflict { what: "task" }.into())
    }

    fn check_kind(&self, task: &Task) -> Result<(), ReportTaskError> {
        if self.catalogue.is_outside(&task.kind) {
            return Ok(());
        }
        let names = self.catalogue.names();
        let outside: Vec<_> = names
            .filter(|name| self.catalogue.is_outside(name))
            .collect();
        Err(ReportTaskError::NotOutside {
            kind: task.kind.clone(),
            outside: outside.join(", "),
        })
    }
}

fn check(report: &TaskReport) -> Result<(), ReportTaskError> {
    match report {
        TaskReport::Completed(result) => match result.to_string().len() {
            bytes if bytes > INLINE_LIMIT => Err(ReportTaskError::TooLarge { bytes }),
            _ => Ok(()),
        },
        TaskReport::Working(_) | TaskReport::Failed(_) => Ok(()),
    }
}

/// The same for all of a caller's reports, and for nobody else's.
fn token_of(caller: &Identity) -> LeaseToken {
    // No name holds a `#`.
    let name = format!("outside#{}#{}", caller.tenant, caller.user);
    let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    LeaseToken::new(Uuid::from_bytes(bytes))
}

/// Whether the task has ended just so.
fn is_repeated(task: &Task, report: &TaskReport) -> bool {
    match (&task.state, report) {
        (State::Completed { result }, TaskReport::Completed(value)) => {
            matches!(result, TaskResult::Inline { value: known } if known == value)
        }
        (State::Failed { failure }, TaskReport::Failed(told)) => failure == told,
        _ => false,
    }
}

fn apply(
    task: &mut Task,
    token: LeaseToken,
    report: &TaskReport,
    now: OffsetDateTime,
) -> Result<(), Refused> {
    let ours = matches!(&task.state, State::Running { lease } if lease.token == token);
    if !ours {
        task.claim(token, now, LEASE)?;
        // Where the report says no more than that, taking the task is all of it.
        if matches!(report, TaskReport::Working(None)) {
            return Ok(());
        }
    }
    match report {
        TaskReport::Working(progress) => {
            let known = progress.clone().or(task.progress.clone());
            let progress = known.unwrap_or(Progress {
                percent: 0,
                message: String::new(),
            });
            task.advance(token, progress, now, LEASE)
        }
        TaskReport::Completed(value) => {
            let value = value.clone();
            task.complete(token, TaskResult::Inline { value }, now)
        }
        TaskReport::Failed(failure) => task.fail(token, failure.clone(), now),
    }
}
