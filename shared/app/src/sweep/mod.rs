//! Picks up what has been left behind: every minute, a bounded amount. Then it tells operators who
//! are listening how the service stands.
//!
//! | left behind | by | what is done |
//! |---|---|---|
//! | a queued task without a message | a crash between the two steps of a submission; a message that became a dead letter while a store was away | its message is sent again |
//! | a queued task that is to run in ten minutes, or whose deadline has passed | nobody: it was submitted so | its message is sent; a worker hides it until its time, or ends the task |
//! | a running task whose lease has ended | a worker that died | the same; the next delivery claims it, or ends it as `worker_lost` |
//! | a lane with places of ended tasks, or with free ones for which somebody waits | a crash while a place was passed on | the places are passed on |
//! | a connection's rows | a disconnect that never arrived | they are removed |
//! | an expired ticket | nobody: it was not spent, and `DynamoDB`'s own expiry may take days | it is removed |
//! | an expired idempotency key | the same | the same |
//! | an hour whose figures are out of date | an append | they are computed and kept, as long as there is time |

mod connections;
mod expired;
mod figures;
mod lanes;
mod tasks;
#[cfg(test)]
mod tests;

pub use figures::MOST_HOURS;
pub use lanes::{LaneSweep, MOST_LANES};

use std::sync::Arc;

use domain::causes;
use domain::ports::{
    Clock, ConnectionStore, Expiring, RollUps, StaleConnections, StuckTasks, TaskQueue,
};

use crate::TellOperators;

/// Most tasks in one run, so that it ends in time. What is left is next, the longest overdue first.
pub const MOST_TASKS: usize = 500;

/// Most connections in one run.
pub const MOST_CONNECTIONS: usize = 500;

/// Most tickets in one run, and most idempotency keys.
pub const MOST_EXPIRED: usize = 500;

/// How many are dealt with at once.
const AT_ONCE: usize = 16;

/// Picks up what has been left behind.
#[derive(Clone)]
pub struct Sweep {
    /// Tells which tasks are stuck.
    pub stuck: Arc<dyn StuckTasks>,
    /// The way to the workers.
    pub queue: Arc<dyn TaskQueue>,
    /// Tells which connections are stale.
    pub stale: Arc<dyn StaleConnections>,
    /// Where open connections are kept.
    pub connections: Arc<dyn ConnectionStore>,
    /// Puts lanes right, where there are any.
    pub lanes: Option<LaneSweep>,
    /// Where tickets are kept.
    pub tickets: Arc<dyn Expiring>,
    /// Where idempotency keys are kept.
    pub idempotency_keys: Arc<dyn Expiring>,
    /// Keeps figures over time up to date.
    pub roll_ups: Arc<dyn RollUps>,
    /// Tells operators how the service stands.
    pub operators: TellOperators,
    /// What is overdue.
    pub clock: Arc<dyn Clock>,
}

/// What one run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Queued tasks that were sent again.
    pub requeued: usize,
    /// Tasks with a dead lease that were sent again.
    pub dead_leases: usize,
    /// Places in lanes that were taken back from ended tasks.
    pub places_freed: usize,
    /// Tasks that waited for a place and were sent.
    pub admitted: usize,
    /// Connections that were removed.
    pub connections_removed: usize,
    /// Expired tickets that were removed.
    pub tickets_removed: usize,
    /// Expired idempotency keys that were removed.
    pub keys_removed: usize,
    /// Hours whose figures were brought up to date.
    pub hours_rolled_up: usize,
    /// Whether operators were listening, and were told how the service stands.
    pub operators_told: bool,
    /// Calls that failed. What they were for is left to a later run.
    pub faults: usize,
}

impl Sweep {
    /// Sweeps once. A fault stops nothing but what it hits; runs at the same time share the work.
    pub async fn run(&self) -> Swept {
        let now = self.clock.now();
        let mut swept = self.sweep_tasks(now).await;
        if let Some(lanes) = &self.lanes {
            let lanes = lanes.run(now).await;
            swept.places_freed = lanes.places_freed;
            swept.admitted = lanes.admitted;
            swept.faults += lanes.faults;
        }
        let (removed, faults) = self.sweep_connections(now).await;
        swept.connections_removed = removed;
        swept.faults += faults;
        let tickets = self.sweep_expired(self.tickets.as_ref(), "tickets", now);
        let keys = self.sweep_expired(self.idempotency_keys.as_ref(), "idempotency keys", now);
        let (tickets, keys) = tokio::join!(tickets, keys);
        (swept.tickets_removed, swept.keys_removed) = (tickets.0, keys.0);
        swept.faults += tickets.1 + keys.1;
        match self.operators.run().await {
            Ok(told) => swept.operators_told = told,
            Err(error) => {
                tracing::warn!(error = causes(&error), "operators were not told");
                swept.faults += 1;
            }
        }
        let (hours, faults) = self.sweep_figures().await;
        swept.hours_rolled_up = hours;
        swept.faults += faults;
        swept
    }
}
