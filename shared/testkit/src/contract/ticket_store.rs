//! The contract of [`TicketStore`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ids::{Identity, Scope};
use domain::ports::TicketStore;
use domain::ticket::{LIFETIME, Ticket};
use domain::{RequestId, TenantId};
use futures::future::join_all;
use time::Duration;

use crate::build::{self, NOW};

/// The whole contract.
pub async fn all(store: &dyn TicketStore, tenant: &TenantId) {
    a_ticket_is_spent_once(store, tenant).await;
    of_many_attempts_one_gets_the_identity(store, tenant).await;
    an_expired_ticket_is_worthless(store, tenant).await;
    an_unknown_ticket_is_worthless(store).await;
    tickets_are_spent_one_by_one(store, tenant).await;
}

fn ticket(tenant: &TenantId) -> Ticket {
    let digest: RequestId = build::request_id();
    Ticket {
        digest: format!("{:0>64}", digest.to_string().replace('-', "")),
        identity: Identity {
            scopes: [Scope::Notify, Scope::Operator].into(),
            ..build::identity(tenant)
        },
        expires_at: NOW + LIFETIME,
    }
}

async fn issued(store: &dyn TicketStore, tenant: &TenantId) -> Ticket {
    let ticket = ticket(tenant);
    store.issue(&ticket).await.unwrap();
    ticket
}

/// The first attempt gets the identity as it was issued, the second nothing.
pub async fn a_ticket_is_spent_once(store: &dyn TicketStore, tenant: &TenantId) {
    let ticket = issued(store, tenant).await;
    let redeemed = store.redeem(&ticket.digest, NOW).await.unwrap();
    assert_eq!(redeemed, Some(ticket.identity));
    assert_eq!(store.redeem(&ticket.digest, NOW).await.unwrap(), None);
}

/// Twenty attempts at once: one identity.
pub async fn of_many_attempts_one_gets_the_identity(store: &dyn TicketStore, tenant: &TenantId) {
    let ticket = issued(store, tenant).await;
    let attempts = (0..20).map(|_| store.redeem(&ticket.digest, NOW));
    let outcomes = join_all(attempts).await.into_iter();
    let won: Vec<_> = outcomes.filter_map(|outcome| outcome.unwrap()).collect();
    assert_eq!(won, [ticket.identity]);
}

/// A ticket can be spent until just before it expires, though the store may still hold it.
pub async fn an_expired_ticket_is_worthless(store: &dyn TicketStore, tenant: &TenantId) {
    let ticket = issued(store, tenant).await;
    for late in [ticket.expires_at, ticket.expires_at + Duration::hours(1)] {
        assert_eq!(store.redeem(&ticket.digest, late).await.unwrap(), None);
    }
    let ticket = issued(store, tenant).await;
    let last_moment = ticket.expires_at - Duration::SECOND;
    let redeemed = store.redeem(&ticket.digest, last_moment).await.unwrap();
    assert_eq!(redeemed, Some(ticket.identity));
}

/// A digest that was never issued gives nothing.
pub async fn an_unknown_ticket_is_worthless(store: &dyn TicketStore) {
    assert_eq!(store.redeem("unknown", NOW).await.unwrap(), None);
}

/// Spending one ticket leaves the others.
pub async fn tickets_are_spent_one_by_one(store: &dyn TicketStore, tenant: &TenantId) {
    let first = issued(store, tenant).await;
    let second = issued(store, tenant).await;
    store.redeem(&first.digest, NOW).await.unwrap();
    let redeemed = store.redeem(&second.digest, NOW).await.unwrap();
    assert_eq!(redeemed, Some(second.identity));
}
