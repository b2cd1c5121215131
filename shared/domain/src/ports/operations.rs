//! What those who run the service look at.

use async_trait::async_trait;

use super::PortError;
use crate::dead_letters::DeadQueue;
use crate::feed::Posting;
use crate::operations::{Depth, QueueName};

/// Tells how much is in the queues.
#[async_trait]
pub trait QueueDepths: Send + Sync {
    /// What is in a queue.
    async fn depth(&self, queue: QueueName) -> Result<Depth, PortError>;

    /// What is among the dead letters of a queue.
    async fn dead(&self, queue: DeadQueue) -> Result<Depth, PortError>;
}

/// Takes postings to the pusher. At least once, in any order.
#[async_trait]
pub trait Postings: Send + Sync {
    /// Asks for the text to be posted.
    async fn send(&self, posting: &Posting) -> Result<(), PortError>;
}
