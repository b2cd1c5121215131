//! Lets at most so many tasks of a tenant on their way to the workers at once.
//!
//! A task is sent only while it has a place in its tenant's lane; the others wait, and whoever ends
//! lets the next one in. One that is to run later is sent at once, and held back by the queue, while
//! few of its tenant are; the others wait for their time in the same room: whoever ends lets those in
//! that are due, and the sweep, once a minute, sends those ahead that are next. Every step can be repeated, and a crash between two of them only leaves
//! behind what a later one mends:
//!
//! | left behind | by a crash | mended |
//! |---|---|---|
//! | a task without place and message | after it was stored | by the sweep of stuck tasks, in minutes |
//! | a place without a message, or a message counted that was not sent | before sending | the same |
//! | a task that waits for its time, in a lane nobody looks at | before the lane was told | by the sweep of stuck tasks, minutes after its time |
//! | a waiting task that has a place | while it was let in | by the sweep of lanes: it is sent |
//! | a place of an ended task, or its message counted | before it was given back | by the redelivered message, or the sweep of lanes |
//! | a free place nobody takes | after a place was given back | by the next one that ends, or the sweep of lanes |
//!
//! A message too many is harmless: a worker runs only a task that has a place, and an ended task
//! gives its place back whenever a message of it is found.
//!
//! | step | calls |
//! |---|---|
//! | send while there are places | 1 update of the lane, 1 message |
//! | send when there are none | 2 updates of the lane that fail, 1 write each to the waiting room and to the task |
//! | send one that is to run later | the same: 1 update of the lane, 1 message |
//! | send one too many that is to run later | 2 updates of the lane that fail and 1 that tells it, 1 write each to the waiting room and to the task |
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

use domain::ports::{Clock, DelayedMessages, Lanes, StuckTasks, TaskQueue, WaitingRoom};

/// Lets tasks on their way.
#[derive(Clone)]
pub struct Gate {
    /// The places.
    pub lanes: Arc<dyn Lanes>,
    /// Counts the messages that the queue holds back.
    pub delayed: Arc<dyn DelayedMessages>,
    /// Where tasks wait.
    pub room: Arc<dyn WaitingRoom>,
    /// The way to the workers.
    pub queue: Arc<dyn TaskQueue>,
    /// What would otherwise take a waiting task for a stuck one.
    pub stuck: Arc<dyn StuckTasks>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Places of each tenant, and as many messages that are held back: more tasks than places could
    /// not run together when they are due.
    pub limit: u32,
}
