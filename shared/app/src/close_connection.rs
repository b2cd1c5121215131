//! Forgets a connection that was closed.

use std::sync::Arc;

use domain::ConnectionId;
use domain::ports::{ConnectionStore, PortError};

/// Forgets closed connections.
#[derive(Clone)]
pub struct CloseConnection {
    /// Where open connections are kept.
    pub connections: Arc<dyn ConnectionStore>,
}

/// Why the connection may still be stored. It is forgotten later: when a post finds it gone, or
/// when it expires.
#[derive(Debug, thiserror::Error)]
#[error("the connection cannot be forgotten now")]
pub struct CloseConnectionError(#[from] pub PortError);

impl CloseConnection {
    /// Forgets the connection. Doing it twice is fine.
    pub async fn run(&self, id: &ConnectionId) -> Result<(), CloseConnectionError> {
        Ok(self.connections.remove(id).await?)
    }
}
