//! Who is listening, and how to reach them.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::PortError;
use crate::connection::{Connection, Topic};
use crate::ids::{ConnectionId, Identity};
use crate::ticket::Ticket;

/// Keeps tickets until they are spent.
#[async_trait]
pub trait TicketStore: Send + Sync {
    /// Stores a ticket.
    async fn issue(&self, ticket: &Ticket) -> Result<(), PortError>;

    /// Spends the ticket with that digest: of any number of attempts one at most gets the
    /// identity, and none after it expired.
    async fn redeem(
        &self,
        digest: &str,
        now: OffsetDateTime,
    ) -> Result<Option<Identity>, PortError>;
}

/// Keeps the open connections and their topics.
#[async_trait]
pub trait ConnectionStore: Send + Sync {
    /// Stores a connection, listening to its own topic.
    async fn register(&self, connection: &Connection) -> Result<(), PortError>;

    /// The connection, while it is stored and younger than its longest life.
    async fn find(
        &self,
        id: &ConnectionId,
        now: OffsetDateTime,
    ) -> Result<Option<Connection>, PortError>;

    /// Forgets a connection and everything it listens to. Forgetting twice is fine.
    async fn remove(&self, id: &ConnectionId) -> Result<(), PortError>;

    /// The connections that listen to a topic and are younger than their longest life.
    async fn listeners(
        &self,
        topic: &Topic,
        now: OffsetDateTime,
    ) -> Result<Vec<ConnectionId>, PortError>;
}

/// Why a message did not reach a connection.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The connection is closed for good.
    #[error("the connection is gone")]
    Gone,
    /// Sent too fast; later it may work.
    #[error("the connection is throttled")]
    Throttled,
    /// Something else; later it may work.
    #[error("the message could not be posted")]
    Failed(#[from] PortError),
}

/// Delivers messages to open connections.
#[async_trait]
pub trait Postman: Send + Sync {
    /// Posts one text message to one connection.
    async fn post(&self, id: &ConnectionId, message: &str) -> Result<(), PostError>;
}
