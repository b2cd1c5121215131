//! What the pusher is asked for besides updates, and its way to end a connection.

use async_trait::async_trait;

use super::{PortError, PostError};
use crate::ids::ConnectionId;
use crate::replay::Replay;

/// Takes requests to the pusher. At least once, in any order.
#[async_trait]
pub trait PusherQueue: Send + Sync {
    /// Asks for what a connection has missed.
    async fn replay(&self, replay: &Replay) -> Result<(), PortError>;

    /// Asks for a connection to be closed.
    async fn hang_up(&self, id: &ConnectionId) -> Result<(), PortError>;
}

/// Closes open connections.
#[async_trait]
pub trait Switchboard: Send + Sync {
    /// Closes a connection; [`PostError::Gone`] if it is closed already.
    async fn close(&self, id: &ConnectionId) -> Result<(), PostError>;
}
