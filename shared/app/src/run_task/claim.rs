//! Of all workers that were asked to run a task, one gets it.

use domain::ports::PortError;
use domain::task::{Phase, Refused, State};
use domain::{LeaseToken, Task};
use time::OffsetDateTime;

use super::account::Account;
use super::{Delivery, LEASE, RunTask, shown};

/// Lost races after which the claim is left to the others.
const RACES: usize = 5;

/// A task that is ours for now.
pub(super) struct Held {
    /// The task as it is stored.
    pub(super) task: Task,
    /// Proves that it is ours.
    pub(super) token: LeaseToken,
    /// What this attempt at it uses.
    pub(super) account: Account,
}

/// What a claim found.
pub(super) enum Claim {
    /// No such task.
    Missing,
    /// A task that will not change any more.
    Ended(Task),
    /// A task that is run by programs outside.
    Outside(Task),
    /// A task that will be sent when it has a place in its tenant's lane.
    Waits,
    /// A task that somebody else works on, or that is not to run yet.
    Held {
        /// When to look again.
        until: OffsetDateTime,
    },
    /// A task to work on.
    Ours(Held),
}

/// When the lease on a running task ends.
pub(super) fn lease_end(task: &Task) -> Option<OffsetDateTime> {
    match &task.state {
        State::Running { lease } => Some(lease.until),
        _ => None,
    }
}

/// When a queued task is to run, where that is later than now. Its message came early: after
/// fifteen minutes at most, the longest that a queue holds one back, or from the sweep.
fn early(task: &Task, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let waits = task.phase() == Some(Phase::Queued) && !task.terms.is_due(now);
    task.terms.run_at.filter(|_| waits)
}

impl RunTask {
    /// Programs outside run tasks of such a kind, but our own workers end one whose deadline passed.
    fn is_for_others(&self, task: &Task) -> bool {
        self.registry.catalogue().is_outside(&task.kind)
            && !task.status().is_terminal()
            && !task.terms.is_overdue(self.clock.now())
    }

    /// Writes the claim under the condition that nobody has changed the task since it was read;
    /// whoever loses that race looks again.
    pub(super) async fn claim(
        &self,
        delivery: &Delivery,
        account: &Account,
    ) -> Result<Claim, PortError> {
        let token = LeaseToken::new(self.entropy.random());
        for _ in 0..RACES {
            let stored = self.tasks.load(&delivery.tenant, delivery.request_id);
            let Some(stored) = stored.await? else {
                return Ok(Claim::Missing);
            };
            shown::found(&stored);
            if let Some(until) = early(&stored, self.clock.now()) {
                // It takes a place when its time has come, and is counted as delayed until then.
                return Ok(Claim::Held { until });
            }
            if self.is_for_others(&stored) {
                return Ok(Claim::Outside(stored));
            }
            let mut task = stored.clone();
            match task.claim(token, self.clock.now(), LEASE) {
                Ok(()) => {}
                Err(Refused::Held { until }) => return Ok(Claim::Held { until }),
                Err(_) => return Ok(Claim::Ended(stored)),
            }
            if !self.admits(&stored).await? {
                return Ok(Claim::Waits);
            }
            let spent = account.spent();
            task.usage = stored.usage + spent;
            match self.tasks.replace(&task, stored.version).await {
                Ok(()) => {
                    account.begin(stored.usage, spent);
                    let account = account.clone();
                    shown::claimed(&stored, &task, self.clock.now());
                    return Ok(Claim::Ours(Held {
                        task,
                        token,
                        account,
                    }));
                }
                Err(PortError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let until = self.clock.now();
        Ok(Claim::Held { until })
    }
}
