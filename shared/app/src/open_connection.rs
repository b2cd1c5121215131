//! Lets a ticket's holder open a WebSocket.

use std::sync::Arc;

use domain::ports::{Clock, ConnectionStore, PortError, TicketStore};
use domain::{Connection, ConnectionId};

use crate::digest;

/// Opens connections against tickets.
#[derive(Clone)]
pub struct OpenConnection {
    /// Where tickets are spent.
    pub tickets: Arc<dyn TicketStore>,
    /// Where open connections are kept.
    pub connections: Arc<dyn ConnectionStore>,
    /// Tells which tickets are still good.
    pub clock: Arc<dyn Clock>,
}

/// Why the connection is not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenConnectionError {
    /// The ticket is unknown, spent or expired; which of these, only its buyer may guess.
    #[error("the ticket is not valid: get a new one")]
    InvalidTicket,
    /// A store did not answer. The ticket may be spent: get a new one.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl OpenConnection {
    /// Spends the ticket, then stores the connection, which listens to its user's tasks from then
    /// on: the client may submit as soon as it is connected and misses nothing.
    pub async fn run(
        &self,
        id: ConnectionId,
        secret: &str,
    ) -> Result<Connection, OpenConnectionError> {
        let now = self.clock.now();
        let identity = self.tickets.redeem(&digest::of(secret), now).await?;
        let connection = Connection {
            id,
            identity: identity.ok_or(OpenConnectionError::InvalidTicket)?,
            connected_at: now,
        };
        self.connections.register(&connection).await?;
        Ok(connection)
    }
}
