//! Sells a ticket for one WebSocket.

use std::sync::Arc;

use domain::Identity;
use domain::ports::{Clock, Entropy, PortError, TicketStore};
use domain::ticket::{LIFETIME, Ticket};
use time::OffsetDateTime;

use crate::digest;

/// Issues single-use tickets to signed-in callers.
#[derive(Clone)]
pub struct IssueTicket {
    /// Where tickets wait to be spent.
    pub tickets: Arc<dyn TicketStore>,
    /// What a ticket's lifetime counts from.
    pub clock: Arc<dyn Clock>,
    /// Makes the secret.
    pub entropy: Arc<dyn Entropy>,
}

/// A ticket as its buyer gets it.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedTicket {
    /// Whoever has it may connect in the buyer's name, once: never log it.
    pub secret: String,
    /// From this moment on it is worthless.
    pub expires_at: OffsetDateTime,
}

/// Why there is no ticket.
#[derive(Debug, thiserror::Error)]
#[error("the ticket cannot be stored")]
pub struct IssueTicketError(#[from] pub PortError);

impl IssueTicket {
    /// A new ticket for the caller. Only the secret's digest is stored.
    pub async fn run(&self, caller: &Identity) -> Result<IssuedTicket, IssueTicketError> {
        let secret = self.entropy.secret();
        let expires_at = self.clock.now() + LIFETIME;
        let ticket = Ticket {
            digest: digest::of(&secret),
            identity: caller.clone(),
            expires_at,
        };
        self.tickets.issue(&ticket).await?;
        Ok(IssuedTicket { secret, expires_at })
    }
}
