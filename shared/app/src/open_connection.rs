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

#[cfg(test)]
mod tests {
    use domain::ticket::LIFETIME;
    use testkit::ambient::{Counting, FixedClock};
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryConnections, MemoryTickets};

    use super::*;
    use crate::{CloseConnection, IssueTicket};

    struct Scene {
        issue: IssueTicket,
        open: OpenConnection,
        close: CloseConnection,
        connections: Arc<MemoryConnections>,
        clock: Arc<FixedClock>,
        faults: Faults,
    }

    fn scene() -> Scene {
        let faults = Faults::default();
        let tickets = Arc::new(MemoryTickets::new(&faults));
        let connections = Arc::new(MemoryConnections::new(&faults));
        let clock = Arc::new(FixedClock::at(NOW));
        Scene {
            issue: IssueTicket {
                tickets: tickets.clone(),
                clock: clock.clone(),
                entropy: Arc::new(Counting::default()),
            },
            open: OpenConnection {
                tickets,
                connections: connections.clone(),
                clock: clock.clone(),
            },
            close: CloseConnection {
                connections: connections.clone(),
            },
            connections,
            clock,
            faults,
        }
    }

    #[tokio::test]
    async fn a_ticket_opens_one_connection_for_its_buyer() {
        let scene = scene();
        let caller = build::identity(&build::tenant());
        let ticket = scene.issue.run(&caller).await.unwrap();
        assert_eq!(ticket.expires_at, NOW + LIFETIME);

        let id = build::connection_id();
        let opened = scene.open.run(id.clone(), &ticket.secret).await.unwrap();
        assert_eq!((&opened.id, &opened.identity), (&id, &caller));
        let listening = scene.connections.listeners(&opened.own_topic(), NOW).await;
        assert_eq!(listening.unwrap(), std::slice::from_ref(&id));

        let again = scene.open.run(build::connection_id(), &ticket.secret);
        let error = again.await.unwrap_err();
        assert!(matches!(error, OpenConnectionError::InvalidTicket));
        assert!(!error.to_string().contains(&ticket.secret));

        for _ in 0..2 {
            scene.close.run(&id).await.unwrap();
            assert!(scene.connections.ids().is_empty());
        }
    }

    #[tokio::test]
    async fn expired_and_guessed_tickets_open_nothing() {
        let scene = scene();
        let caller = build::identity(&build::tenant());
        let ticket = scene.issue.run(&caller).await.unwrap();
        scene.clock.advance(LIFETIME);
        for secret in [&ticket.secret, "guessed", ""] {
            let refused = scene.open.run(build::connection_id(), secret).await;
            assert!(matches!(refused, Err(OpenConnectionError::InvalidTicket)));
        }
        assert!(scene.connections.ids().is_empty());
    }

    #[tokio::test]
    async fn stores_that_are_away_are_told_apart_from_bad_tickets() {
        let scene = scene();
        let caller = build::identity(&build::tenant());
        let ticket = scene.issue.run(&caller).await.unwrap();
        for call in ["tickets.redeem", "connections.register"] {
            scene.faults.on(call, 1, Fault::Unavailable);
            let refused = scene.open.run(build::connection_id(), &ticket.secret).await;
            assert!(
                matches!(refused, Err(OpenConnectionError::Store(_))),
                "{call}"
            );
        }
        scene.faults.always("tickets.issue", Fault::Unavailable);
        assert!(scene.issue.run(&caller).await.is_err());
        scene
            .faults
            .always("connections.remove", Fault::Unavailable);
        assert!(scene.close.run(&build::connection_id()).await.is_err());
    }
}
