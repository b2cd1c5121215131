//! Who takes queued tasks.

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
