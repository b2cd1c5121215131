//! Lets at most so many tasks of a tenant on their way to the workers at once.
//!
//! A task is sent only while it has a place in its tenant's lane; the others wait, and whoever ends
//! lets the next one in. Every step can be repeated, and a crash between two of them only leaves
//! behind what a later one mends:
//!
//! | left behind | by a crash | mended |
//! |---|---|---|
//! | a task without place and message | after it was stored | by the sweep of stuck tasks, in minutes |
//! | a place without a message | before sending | the same |
//! | a waiting task that has a place | while it was let in | by the sweep of lanes: it is sent |
//! | a place of an ended task | before it was given back | by the redelivered message, or the sweep of lanes |
//! | a free place nobody takes | after a place was given back | by the next one that ends, or the sweep of lanes |
//!
//! A message too many is harmless: a worker runs only a task that has a place, and an ended task
//! gives its place back whenever a message of it is found.
//!
//! | step | calls |
//! |---|---|
//! | send while there are places | 1 update of the lane, 1 message |
//! | send when there are none | 2 updates of the lane that fail, 1 write each to the waiting room and to the task |
//! | run | 1 update of the lane |
//! | end with nobody waiting | 1 update of the lane, 1 query |
//! | end with others waiting | 2 updates of the lane, 1 query, 1 message, 1 delete, 1 write to the task |

mod pass;
mod release;
mod repair;
#[cfg(test)]
mod tests;

pub use repair::Repaired;

use std::sync::Arc;

use domain::ports::{Clock, Lanes, StuckTasks, TaskQueue, WaitingRoom};

/// Lets tasks on their way.
#[derive(Clone)]
pub struct Gate {
    /// The places.
    pub lanes: Arc<dyn Lanes>,
    /// Where tasks wait.
    pub room: Arc<dyn WaitingRoom>,
    /// The way to the workers.
    pub queue: Arc<dyn TaskQueue>,
    /// What would otherwise take a waiting task for a stuck one.
    pub stuck: Arc<dyn StuckTasks>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Places of each tenant.
    pub limit: u32,
}
