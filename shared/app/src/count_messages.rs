//! Counts the messages that are pushed for a task, beside the task.
//!
//! Pushing only makes a note in memory. When everything is pushed, the notes of one invocation
//! become one addition for each task. It is best effort and done once: a message is never late, and
//! never posted again, for being counted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ports::LateUsage;
use domain::{RequestId, TenantId, Usage, causes};
use futures::StreamExt as _;
use futures::stream;
use protocol::frames::METERED_FRAME;
use tokio::time::timeout;

/// Additions at the same time.
const AT_ONCE: usize = 16;

/// How long all of them may take: the invocation's answer waits for them.
const PATIENCE: Duration = Duration::from_secs(2);

/// The addition itself is a write that the task pays for.
const ADDITION: u64 = 1;

/// Whose message it is.
pub(crate) type Payer = (TenantId, RequestId);

/// Notes of what was pushed for which task. Clones are the same notes.
#[derive(Debug, Clone, Default)]
pub struct Pushed(Arc<Mutex<BTreeMap<Payer, u64>>>);

impl Pushed {
    /// A message was taken. It is billed as one for each 32 KB begun.
    pub(crate) fn note(&self, payer: &Payer, message: &str) {
        let metered = message.len().div_ceil(METERED_FRAME).max(1);
        let metered = u64::try_from(metered).unwrap_or(u64::MAX);
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *notes.entry(payer.clone()).or_default() += metered;
    }

    fn take(&self) -> BTreeMap<Payer, u64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Adds what was noted to the tasks.
#[derive(Clone)]
pub struct CountMessages {
    /// What was pushed.
    pub pushed: Pushed,
    /// Where it is added.
    pub late_usage: Arc<dyn LateUsage>,
}

impl CountMessages {
    /// Adds what was noted since the last time, each task once. What cannot be added is lost.
    pub async fn run(&self) {
        let adding = self.pushed.take().into_iter().map(async |(payer, count)| {
            self.add(payer, count).await;
        });
        let all = stream::iter(adding).buffer_unordered(AT_ONCE);
        if timeout(PATIENCE, all.for_each(async |()| {}))
            .await
            .is_err()
        {
            tracing::warn!("messages were not counted in time");
        }
    }

    async fn add(&self, (tenant, id): Payer, count: u64) {
        let usage = Usage {
            websocket_messages: count,
            write_units: ADDITION,
            ..Usage::NONE
        };
        if let Err(error) = self.late_usage.add(&tenant, id, usage).await {
            tracing::warn!(task.id = %id, error = causes(&error), "messages were not counted");
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::build;
    use testkit::memory::{Fault, Faults, MemoryTasks};
    use tokio::time::Instant;

    use super::*;

    fn scene() -> (CountMessages, Arc<MemoryTasks>, Faults) {
        let faults = Faults::default();
        let tasks = Arc::new(MemoryTasks::new(&faults));
        let count = CountMessages {
            pushed: Pushed::default(),
            late_usage: tasks.clone(),
        };
        (count, tasks, faults)
    }

    fn messages(count: u64, additions: u64) -> Usage {
        Usage {
            websocket_messages: count,
            write_units: additions,
            ..Usage::NONE
        }
    }

    #[tokio::test]
    async fn each_task_gets_one_addition_of_all_its_messages() {
        let (count, tasks, faults) = scene();
        let tenant = build::tenant();
        let (one, other) = (build::request_id(), build::request_id());
        for _ in 0..3 {
            count.pushed.note(&(tenant.clone(), one), "{}");
        }
        count
            .pushed
            .note(&(tenant.clone(), other), &"x".repeat(METERED_FRAME + 1));
        count.run().await;
        assert_eq!(faults.count("late_usage.add"), 2);
        count.run().await;
        assert_eq!(faults.count("late_usage.add"), 2, "nothing is added twice");
        let totals = [one, other].map(async |id| tasks.total(&tenant, id).await.unwrap());
        let totals = futures::future::join_all(totals).await;
        assert_eq!(totals, [messages(3, 1), messages(2, 1)]);
    }

    #[tokio::test(start_paused = true)]
    async fn additions_that_fail_or_hang_hold_nobody_up() {
        for fault in [Fault::Unavailable, Fault::HangBefore] {
            let (count, tasks, faults) = scene();
            let payer = (build::tenant(), build::request_id());
            faults.on("late_usage.add", 1, fault);
            count.pushed.note(&payer, "{}");
            let before = Instant::now();
            count.run().await;
            assert!(before.elapsed() <= PATIENCE);
            count.pushed.note(&payer, "{}");
            count.run().await;
            let total = tasks.total(&payer.0, payer.1).await.unwrap();
            assert_eq!(total, messages(1, 1), "what was lost is not tried again");
        }
    }
}
