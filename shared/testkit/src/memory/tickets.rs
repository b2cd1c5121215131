//! Tickets in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::Identity;
use domain::ports::{ExpiredItem, Expiring, PortError, TicketStore};
use domain::ticket::Ticket;
use time::OffsetDateTime;

use super::sweep::first;
use super::{Faults, Kept};

/// Keeps tickets. Calls are named `tickets.issue`, `.redeem`, `.expired`, `.discard`.
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

#[async_trait]
impl Expiring for MemoryTickets {
    async fn expired(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ExpiredItem>, PortError> {
        let expired = || {
            let tickets = self.tickets.lock();
            let ended = tickets.values().filter(|ticket| !ticket.is_live(now));
            let ended = ended.map(|ticket| (ticket.expires_at, ticket.digest.clone()));
            Ok(first(ended, limit))
        };
        self.faults.around("tickets.expired", expired).await
    }

    async fn discard(&self, item: &ExpiredItem, now: OffsetDateTime) -> Result<bool, PortError> {
        let discard = || {
            let mut tickets = self.tickets.lock();
            let found = tickets
                .get(&item.0)
                .is_some_and(|ticket| !ticket.is_live(now));
            Ok(found && tickets.remove(&item.0).is_some())
        };
        self.faults.around("tickets.discard", discard).await
    }
}
