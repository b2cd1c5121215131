//! Which processes of the pool there are, and how they are.

use async_trait::async_trait;

use super::PortError;
use crate::ids::PoolId;
use crate::pool::Heartbeat;

/// Keeps the last heartbeat of each process of the pool.
#[async_trait]
pub trait PoolHeartbeats: Send + Sync {
    /// Puts this in the place of what the process told before.
    async fn beat(&self, heartbeat: &Heartbeat) -> Result<(), PortError>;

    /// The last word of every process that was heard within [`KEPT`](crate::pool::KEPT) and has not
    /// ended in order, by id. Dead ones are among them: see [`Heartbeat::is_alive`].
    async fn all(&self) -> Result<Vec<Heartbeat>, PortError>;

    /// Forgets a process that takes no further tasks, if it is known.
    async fn forget(&self, id: &PoolId) -> Result<(), PortError>;
}
