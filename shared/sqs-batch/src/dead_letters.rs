//! Where records go that nobody can handle.

use std::future::{Future, ready};

use aws_lambda_events::sqs::SqsMessage;

use crate::BoxError;

/// What became of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buried {
    /// It is in another place now, so the queue may forget it.
    Moved,
    /// It stays in the queue, whose redrive policy moves it after enough deliveries.
    Left,
}

/// Takes dead letters out of the way, with the reason. Sending them to the dead-letter queue
/// ourselves spares the deliveries that redriving costs, and can carry the reason along.
pub trait DeadLetters: Send + Sync {
    /// Puts the record away. Records may come twice, as everything from a queue may.
    fn bury(
        &self,
        message: &SqsMessage,
        reason: &str,
    ) -> impl Future<Output = Result<Buried, BoxError>> + Send;
}

/// Leaves dead letters to the queue's redrive policy.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByRedrive;

impl DeadLetters for ByRedrive {
    fn bury(
        &self,
        _: &SqsMessage,
        _: &str,
    ) -> impl Future<Output = Result<Buried, BoxError>> + Send {
        ready(Ok(Buried::Left))
    }
}

impl<D: DeadLetters> DeadLetters for &D {
    fn bury(
        &self,
        message: &SqsMessage,
        reason: &str,
    ) -> impl Future<Output = Result<Buried, BoxError>> + Send {
        (**self).bury(message, reason)
    }
}
