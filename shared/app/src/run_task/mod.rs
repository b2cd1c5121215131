//! Runs a task that a queue has delivered: at least once delivered, exactly once effective.
//!
//! | step | file | a crash after it leads to |
//! |---|---|---|
//! | claim the task by a conditional write | `claim` | redelivery, which waits for the lease to end |
//! | run the kind; write progress, renew the lease | `work`, `progress`, `heartbeat` | the same |
//! | notice that it was called off, takes too long, or is to be given back | `watch`, `limits`, `release` | the same |
//! | keep a large result | `work` | the same; the next attempt has a key of its own |
//! | write the end, conditionally | `finish`, `change` | redelivery, which only announces |
//! | keep its report, announce the end | `report`, `announce` | redelivery, which does both again |
//! | acknowledge | the caller, by [`Outcome`] | |

mod account;
mod announce;
mod change;
mod claim;
mod finish;
mod heartbeat;
mod kind;
mod limits;
mod place;
mod progress;
mod release;
mod report;
mod shown;
#[cfg(test)]
mod tests;
mod watch;
mod work;

use std::sync::Arc;

use domain::kind::Registry;
use domain::ports::{
    Clock, Deliveries, Entropy, LateUsage, PortError, ReportStore, ResultStore, TaskStore,
    TaskWatch,
};
use domain::{RequestId, TenantId, causes};
use retry::Backoff;
use time::Duration;

use crate::Gate;
use crate::announce::Announcer;
use crate::compute::Compute;
use account::Account;
use change::Stop;
use claim::{Claim, Held};
pub use release::{Release, Releaser};
use tokio::time::Instant;
use work::Work;

/// How long a claim holds without a sign of life. A crashed worker's task is idle for so long.
pub const LEASE: Duration = Duration::seconds(30);

/// The wait while a store or queue is away, however often. The queue counts these deliveries too,
/// so they are spread over minutes.
const OUTAGE: Backoff = Backoff {
    base: std::time::Duration::from_secs(2),
    cap: std::time::Duration::from_mins(5),
    attempts: u32::MAX,
};

/// Runs tasks.
#[derive(Clone)]
pub struct RunTask {
    /// What can be run.
    pub registry: Registry,
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// Tells whether a task is still ours.
    pub watch: Arc<dyn TaskWatch>,
    /// Takes what an attempt used whose task was taken from it.
    pub late_usage: Arc<dyn LateUsage>,
    /// Where large results go.
    pub results: Arc<dyn ResultStore>,
    /// Where results are kept to be found again.
    pub reports: Arc<dyn ReportStore>,
    /// The way to whoever listens, and to whoever is to be called back.
    pub announcer: Announcer,
    /// The messages in hand.
    pub deliveries: Arc<dyn Deliveries>,
    /// Lets a task run that has a place in its tenant's lane; every task where there is none.
    pub gate: Option<Gate>,
    /// What the time of this worker costs.
    pub compute: Compute,
    /// What leases count from.
    pub clock: Arc<dyn Clock>,
    /// Makes lease tokens and jitter.
    pub entropy: Arc<dyn Entropy>,
    /// Says when this worker's tasks are to be given back.
    pub release: Release,
}

/// A message that asks for a task to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Whose task.
    pub tenant: TenantId,
    /// The task.
    pub request_id: RequestId,
    /// The queue's handle of this delivery.
    pub receipt: String,
    /// How often the message has been delivered, this time included.
    pub receive_count: u32,
    /// When this worker has to be done with it; never where nothing stops the worker.
    pub until: Option<Instant>,
}

/// What is to become of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Acknowledge it.
    Done,
    /// Have it delivered again after this long.
    Later(Duration),
    /// Put it among the dead letters, where a person can look at it.
    DeadLetter {
        /// Why: a code in words joined by `_`, `: `, and what happened.
        reason: String,
    },
}

impl RunTask {
    /// Runs the task if it is there, not ended, and nobody else holds it.
    ///
    /// Dropping the future is safe at any time: it is what a crash does.
    pub async fn run(&self, delivery: &Delivery) -> Outcome {
        let account = Account::open(&self.compute);
        let attempt = self.run_charged(delivery, &account);
        account.ledger().around(attempt).await
    }

    async fn run_charged(&self, delivery: &Delivery, account: &Account) -> Outcome {
        match self.attempt(delivery, account).await {
            Ok(outcome) => outcome,
            Err(Stop::Lost) => {
                let outcome = self.stand_back(delivery).await;
                self.hand_in(account, delivery).await;
                outcome
            }
            Err(Stop::Store(error)) => self.after(&error, delivery),
        }
    }

    async fn attempt(&self, delivery: &Delivery, account: &Account) -> Result<Outcome, Stop> {
        // Hidden before anything is done about it: the queue itself hides a message for longer than
        // any invocation, and whatever happens to this worker it is to come back when a lease ends.
        let (claim, ()) = tokio::join!(self.claim(delivery, account), self.hide(&delivery.receipt));
        match claim? {
            Claim::Missing => {
                tracing::warn!("a message names a task that is not there");
                Ok(Outcome::Done)
            }
            Claim::Outside(task) => {
                // No claim of ours will tell that it is there.
                self.tell(&task).await;
                self.make_room(&delivery.tenant, delivery.request_id).await;
                Ok(Outcome::Done)
            }
            Claim::Waits => Ok(Outcome::Done),
            Claim::Ended(task) => Ok(self.conclude(&task, delivery).await),
            Claim::Held { until } => Ok(self.wait_for(until)),
            Claim::Ours(held) => self.work_and_finish(held, delivery).await,
        }
    }

    async fn work_and_finish(&self, mut held: Held, delivery: &Delivery) -> Result<Outcome, Stop> {
        if let Some(failure) = self.overdue(&held.task) {
            return self.time_out(held, failure, delivery).await;
        }
        let claimed = held.task.clone();
        // Whoever listens sorts by version, so the work need not wait for its beginning to be told.
        let ((), work) = tokio::join!(self.tell(&claimed), self.work(&mut held, delivery));
        match work? {
            Work::Done(worked) => self.finish(held, worked, delivery).await,
            Work::OutOfTime(failure) => self.time_out(held, failure, delivery).await,
            Work::Unfinished => self.give_back(held).await,
        }
    }

    /// The task was taken from us, or ended under us. Whoever did that has the say now.
    async fn stand_back(&self, delivery: &Delivery) -> Outcome {
        tracing::info!("the task was taken from this worker");
        match self.tasks.load(&delivery.tenant, delivery.request_id).await {
            Ok(None) => Outcome::Done,
            Ok(Some(task)) if task.status().is_terminal() => self.conclude(&task, delivery).await,
            Ok(Some(task)) => self.wait_for(claim::lease_end(&task).unwrap_or(self.clock.now())),
            Err(error) => self.after(&error, delivery),
        }
    }

    fn wait_for(&self, until: time::OffsetDateTime) -> Outcome {
        // A second at least, so that clocks that differ do not make workers circle.
        Outcome::Later((until - self.clock.now()).max(Duration::SECOND))
    }

    fn after(&self, error: &PortError, delivery: &Delivery) -> Outcome {
        let cause = causes(error);
        if matches!(error, PortError::Broken { .. }) {
            tracing::error!(error = cause, "the task cannot be read or written");
            let reason = format!("task_unreadable: {cause}");
            return Outcome::DeadLetter { reason };
        }
        tracing::warn!(error = cause, "the task waits for a store");
        self.after_outage(delivery)
    }

    fn after_outage(&self, delivery: &Delivery) -> Outcome {
        come_back(OUTAGE.wait(delivery.receive_count, self.entropy.as_ref()))
    }
}

fn come_back(wait: std::time::Duration) -> Outcome {
    Outcome::Later(wait.try_into().unwrap_or(Duration::MAX))
}
