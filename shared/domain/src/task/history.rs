//! The record of a task's changes, from which a stream can be resumed.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Phase, Progress, Status, Task};
use crate::failure::Failure;

/// Most updates kept with a task. The oldest fall off first: with at most four progress updates
/// a second, the newest hundred cover every gap a reconnecting client makes in practice, and the
/// item stays far below `DynamoDB`'s 400 KB.
pub const MOST_UPDATES: usize = 100;

/// One change of a task, as its subscribers see it. The result is not repeated here: it belongs
/// to the terminal version, which is the task's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// The version that this change made.
    pub version: u64,
    /// The status after it.
    pub status: Status,
    /// The phase after it.
    pub phase: Option<Phase>,
    /// The progress after it.
    pub progress: Option<Progress>,
    /// The attempt it belongs to.
    pub attempt: u32,
    /// Why the task failed, or why its last attempt did.
    pub error: Option<Failure>,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Task {
    /// Raises the version and records the change that has just been made to the other fields.
    pub(super) fn record(&mut self, at: OffsetDateTime, error: Option<Failure>) {
        self.version += 1;
        self.updated_at = at;
        self.updates.push(Update {
            version: self.version,
            status: self.status(),
            phase: self.phase(),
            progress: self.progress.clone(),
            attempt: self.attempt,
            error,
            at,
        });
        let surplus = self.updates.len().saturating_sub(MOST_UPDATES);
        self.updates.drain(..surplus);
    }
}
