//! Tickets in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::Identity;
use domain::ports::{PortError, TicketStore};
use domain::ticket::Ticket;
use time::OffsetDateTime;

use super::{Faults, Kept};

/// Keeps tickets. Calls are named `tickets.issue`, `tickets.redeem`.
#[derive(Debug, Default)]
pub struct MemoryTickets {
    tickets: Kept<HashMap<String, Ticket>>,
    faults: Faults,
}

impl MemoryTickets {
    /// No tickets yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }
}

#[async_trait]
impl TicketStore for MemoryTickets {
    async fn issue(&self, ticket: &Ticket) -> Result<(), PortError> {
        let issue = || {
            let mut tickets = self.tickets.lock();
            tickets.insert(ticket.digest.clone(), ticket.clone());
            Ok(())
        };
        self.faults.around("tickets.issue", issue).await
    }

    async fn redeem(
        &self,
        digest: &str,
        now: OffsetDateTime,
    ) -> Result<Option<Identity>, PortError> {
        let redeem = || {
            let spent = self.tickets.lock().remove(digest);
            let live = spent.filter(|ticket| ticket.is_live(now));
            Ok(live.map(|ticket| ticket.identity))
        };
        self.faults.around("tickets.redeem", redeem).await
    }
}
