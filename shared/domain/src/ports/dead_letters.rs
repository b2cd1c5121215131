//! The dead letters, for whoever looks at them and sends them on their way again.

use async_trait::async_trait;
use time::Duration;

use super::PortError;
use crate::dead_letters::{DeadQueue, HeldLetter};
use crate::ids::TenantId;

/// The dead letters themselves. A letter is taken in hand first. What is neither put back nor removed
/// comes back by itself when its time is over: whoever dies with letters in hand loses none.
#[async_trait]
pub trait DeadLetters: Send + Sync {
    /// Takes letters in hand for this long, at most `most` of those that nobody else has in hand. May
    /// give fewer than there are: who wants more asks again, until there are none.
    async fn take(
        &self,
        queue: DeadQueue,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<HeldLetter>, PortError>;

    /// Puts the letters with these receipts back, for others to take at once. One that is gone
    /// meanwhile is left out.
    async fn put_back(&self, queue: DeadQueue, receipts: &[String]) -> Result<(), PortError>;

    /// Removes the letters with these receipts for good.
    async fn remove(&self, queue: DeadQueue, receipts: &[String]) -> Result<(), PortError>;
}

/// The queues that dead letters come from.
#[async_trait]
pub trait SourceQueues: Send + Sync {
    /// Sends the body of a message to the queue that such letters come from, as it is, and as a
    /// message of this tenant's group.
    async fn send(
        &self,
        queue: DeadQueue,
        body: &str,
        tenant: Option<&TenantId>,
    ) -> Result<(), PortError>;
}
