//! The dead letters, for whoever looks at them and sends them on their way again.

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};

use super::PortError;
use crate::ids::TenantId;

/// A dead letter in hand: nobody else sees it for as long as was asked for when it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLetter {
    /// Its id among the dead letters. It stays the same however often the letter is received.
    pub id: String,
    /// The handle of this delivery.
    pub receipt: String,
    /// The message's body, as it came.
    pub body: String,
    /// Why it is there; none where the queue itself moved it after too many deliveries.
    pub reason: Option<String>,
    /// The id that it had in its queue, where its function put it here.
    pub original_id: Option<String>,
    /// When it was put here; where the queue moved it, when it was first sent.
    pub sent_at: OffsetDateTime,
    /// How often it has been received, this time included.
    pub receives: u32,
}

/// A queue of dead letters, taken up one by one. Whatever is not destroyed comes back by itself
/// when it is no longer hidden, so that whoever is stopped in the middle loses nothing.
#[async_trait]
pub trait DeadLetterDesk: Send + Sync {
    /// Takes up to `most` letters and hides them from everybody else for this long. May give none
    /// although there are some.
    async fn receive(&self, most: usize, hidden: Duration) -> Result<Vec<HeldLetter>, PortError>;

    /// Has the letter seen by everybody again, at once.
    async fn give_back(&self, receipt: &str) -> Result<(), PortError>;

    /// Removes the letter for good.
    async fn destroy(&self, receipt: &str) -> Result<(), PortError>;
}

/// A queue that takes the bodies of messages that were dead letters, as they are.
#[async_trait]
pub trait SourceQueue: Send + Sync {
    /// Sends the body, as a message of this tenant's group.
    async fn send(&self, body: &str, tenant: Option<&TenantId>) -> Result<(), PortError>;
}
