//! A task: what was asked for, where it stands, and how it got there.

mod attempts;
mod attention;
mod history;
mod lifecycle;
#[cfg(test)]
mod properties;
mod size;
mod state;
mod terms;

use serde_json::Value;
use time::OffsetDateTime;

pub use attempts::{Attempt, AttemptOutcome};
pub use attention::{attention_to_lease, next_attention};
pub use history::{MOST_UPDATES, Update};
pub use lifecycle::{Lease, Refused};
pub use state::{Phase, Progress, State, Status, TaskResult};
pub use terms::{LONGEST_AHEAD, Priority, Terms};

use crate::ids::{RequestId, TenantId, UserId};
use crate::{Trace, Usage};

/// Results up to this many bytes of JSON travel inline; larger ones live in the result store.
pub const INLINE_LIMIT: usize = 32 * 1024;

/// Most tags a task may carry.
pub const MOST_TAGS: usize = 10;

/// Longest tag, in bytes.
pub const LONGEST_TAG: usize = 64;

/// What a caller asks for, already validated.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTask {
    /// The task's name.
    pub request_id: RequestId,
    /// Whose data it works on.
    pub tenant: TenantId,
    /// Who asked.
    pub owner: UserId,
    /// Which registered kind runs it.
    pub kind: String,
    /// The kind's input.
    pub input: Value,
    /// Labels to find it and to subscribe by.
    pub tags: Vec<String>,
    /// How it is to be run.
    pub terms: Terms,
}

/// A unit of background work. Its state changes only through the transitions in `lifecycle`,
/// each of which raises `version` by one and appends to `updates`.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The task's name.
    pub request_id: RequestId,
    /// Whose data it works on.
    pub tenant: TenantId,
    /// Who asked.
    pub owner: UserId,
    /// Which registered kind runs it.
    pub kind: String,
    /// The kind's input.
    pub input: Value,
    /// Labels to find it and to subscribe by.
    pub tags: Vec<String>,
    /// How it is to be run.
    pub terms: Terms,
    /// Where it stands.
    pub state: State,
    /// Raised by one with every change; 1 when submitted.
    pub version: u64,
    /// The trace of the call that submitted it.
    pub trace: Option<Trace>,
    /// When it is to be tried again, while it waits for that after an attempt that failed.
    pub again_at: Option<OffsetDateTime>,
    /// What it has used, over all its attempts, as far as that was known when it changed last. What
    /// became known later is kept beside it, by [`LateUsage`](crate::ports::LateUsage).
    pub usage: Usage,
    /// What of that it had used when it was last retried after its end.
    pub used_before: Usage,
    /// How far the running attempt is.
    pub progress: Option<Progress>,
    /// How often a worker has claimed it; numbers the attempts.
    pub attempt: u32,
    /// How often since it was submitted or last retried: what a limit of attempts counts.
    pub tries: u32,
    /// When it was submitted.
    pub created_at: OffsetDateTime,
    /// When it changed last.
    pub updated_at: OffsetDateTime,
    /// When the current attempt was claimed.
    pub started_at: Option<OffsetDateTime>,
    /// When it reached its terminal state.
    pub finished_at: Option<OffsetDateTime>,
    /// The newest updates, oldest first, at most [`MOST_UPDATES`].
    pub updates: Vec<Update>,
}

impl Task {
    /// The caller-visible status.
    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// Queued or running, while it is processing.
    pub fn phase(&self) -> Option<Phase> {
        self.state.phase()
    }

    /// The newest update. A submitted task always has one.
    pub fn latest(&self) -> Option<&Update> {
        self.updates.last()
    }
}
