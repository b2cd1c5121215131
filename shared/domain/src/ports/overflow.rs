//! Who takes queued tasks, and how many there are.

use async_trait::async_trait;

use super::PortError;
use crate::overflow::EventSourceState;

/// The event sources that hand queued tasks to the worker on Lambda.
#[async_trait]
pub trait EventSources: Send + Sync {
    /// Whether they are on, and since when.
    async fn state(&self) -> Result<EventSourceState, PortError>;

    /// Turns all of them on or off. It takes effect within a minute; see `docs/pool.md`.
    /// [`PortError::Conflict`] while an earlier change still goes on.
    async fn set(&self, enabled: bool) -> Result<(), PortError>;
}

/// The queues of the tasks.
#[async_trait]
pub trait Backlog: Send + Sync {
    /// How many messages wait to be received, of all priorities; about.
    async fn waiting(&self) -> Result<u64, PortError>;
}
