//! What those who run the service look at.

use async_trait::async_trait;

use super::PortError;
use crate::dead_letters::{BuriedLetter, DeadQueue};
use crate::feed::Posting;
use crate::operations::QueueDepth;

/// Tells how much is in the queues.
#[async_trait]
pub trait QueueDepths: Send + Sync {
    /// Every queue once, in the order of [`QueueName::ALL`](crate::operations::QueueName::ALL).
    async fn depths(&self) -> Result<Vec<QueueDepth>, PortError>;
}

/// The dead letters themselves. A letter is taken in hand first, for
/// [`IN_HAND`](crate::dead_letters::IN_HAND) at most: whoever dies with letters in hand loses none.
#[async_trait]
pub trait DeadLetters: Send + Sync {
    /// Takes letters in hand, at most `most` of those that nobody else has in hand.
    async fn take(&self, queue: DeadQueue, most: usize) -> Result<Vec<BuriedLetter>, PortError>;

    /// Puts letters back, for others to take. One that is gone meanwhile is left out.
    async fn put_back(&self, queue: DeadQueue, letters: &[BuriedLetter]) -> Result<(), PortError>;

    /// Sends each letter's body to the queue that it came from, with one outcome for each, in their
    /// order. They stay in hand.
    async fn send_again(
        &self,
        queue: DeadQueue,
        letters: &[BuriedLetter],
    ) -> Vec<Result<(), PortError>>;

    /// Removes letters for good.
    async fn remove(&self, queue: DeadQueue, letters: &[BuriedLetter]) -> Result<(), PortError>;
}

/// Takes postings to the pusher. At least once, in any order.
#[async_trait]
pub trait Postings: Send + Sync {
    /// Asks for the text to be posted.
    async fn send(&self, posting: &Posting) -> Result<(), PortError>;
}
