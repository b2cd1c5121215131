//! The queue as a poller sees it.

use std::future::Future;
use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;

use crate::BoxError;

/// Gives a queue's messages, and forgets them: `ReceiveMessage` and `DeleteMessageBatch` of SQS, behind
/// whichever client.
pub trait Inbox: Send + Sync {
    /// Up to `most` messages (1 to 10), each with what the event source mapping gives too: its id,
    /// receipt handle, body and attributes. Waits this long for the first one.
    fn receive(
        &self,
        most: usize,
        wait: Duration,
    ) -> impl Future<Output = Result<Vec<SqsMessage>, BoxError>> + Send;

    /// Has the queue forget up to ten messages. Gives the receipts that it did not take: those are
    /// given again.
    fn delete(
        &self,
        receipts: &[String],
    ) -> impl Future<Output = Result<Vec<String>, BoxError>> + Send;
}

impl<I: Inbox> Inbox for &I {
    fn receive(
        &self,
        most: usize,
        wait: Duration,
    ) -> impl Future<Output = Result<Vec<SqsMessage>, BoxError>> + Send {
        (**self).receive(most, wait)
    }

    fn delete(
        &self,
        receipts: &[String],
    ) -> impl Future<Output = Result<Vec<String>, BoxError>> + Send {
        (**self).delete(receipts)
    }
}
