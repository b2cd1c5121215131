//! Tells the queue how a record ended.

use std::future::Future;
use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use futures::future::join_all;
use tokio::time::timeout;

use crate::BoxError;
use crate::dead_letters::{Buried, DeadLetters};
use crate::guarded::Ended;
use crate::lane::Placed;
use crate::outcome::Outcome;
use crate::report::{End, Settled};
use crate::visibility::Visibility;

/// How long the queue may take to hide a message or put it away. Past that the record comes back
/// by the queue's own visibility timeout.
const PATIENCE: Duration = Duration::from_secs(3);

/// The ways to the queue.
#[derive(Debug, Clone)]
pub(crate) struct Settle<V, D> {
    pub(crate) visibility: V,
    pub(crate) dead_letters: D,
}

impl<V: Visibility, D: DeadLetters> Settle<V, D> {
    /// An error is one of decoding.
    pub(crate) async fn ended(
        &self,
        message: &SqsMessage,
        ended: Ended<Result<Outcome, String>>,
    ) -> Settled {
        match ended {
            Ended::Returned(Ok(Outcome::Done)) => settled(message, End::Done, None),
            Ended::Returned(Ok(Outcome::RetryAfter(wait))) => {
                self.come_back(message, End::Retry(wait), Some(wait)).await
            }
            Ended::Returned(Ok(Outcome::DeadLetter { reason })) => {
                let end = |reason, moved| End::DeadLetter { reason, moved };
                self.bury(message, reason, end).await
            }
            Ended::Returned(Err(reason)) => {
                let end = |reason, moved| End::Poison { reason, moved };
                self.bury(message, reason, end).await
            }
            Ended::Panicked(words) => settled(message, End::Panicked { message: words }, None),
            Ended::OutOfTime => {
                let at_once = Some(Duration::ZERO);
                self.come_back(message, End::OutOfTime, at_once).await
            }
        }
    }

    /// Has a record delivered again after the wait; without one, by the queue's own timeout.
    pub(crate) async fn come_back(
        &self,
        message: &SqsMessage,
        end: End,
        wait: Option<Duration>,
    ) -> Settled {
        let receipt = message.receipt_handle.as_deref().unwrap_or_default();
        let hidden = match wait {
            Some(wait) => patient(self.visibility.hide(receipt, wait)).await,
            None => Ok(()),
        };
        settled(message, end, hidden.err())
    }

    /// A FIFO queue delivers nothing of a group while any message of it is hidden, so those behind
    /// a failed record come back together with it.
    pub(crate) async fn hold_back(
        &self,
        records: impl Iterator<Item = Placed>,
        wait: Option<Duration>,
    ) -> Vec<(usize, Settled)> {
        let held = records.map(|(place, message)| async move {
            (place, self.come_back(&message, End::Behind, wait).await)
        });
        join_all(held).await
    }

    async fn bury(
        &self,
        message: &SqsMessage,
        reason: String,
        end: impl Fn(String, bool) -> End,
    ) -> Settled {
        match patient(self.dead_letters.bury(message, &reason)).await {
            Ok(Buried::Moved) => settled(message, end(reason, true), None),
            Ok(Buried::Left) => {
                // At once, so that the redrive policy soon has its count.
                let at_once = Some(Duration::ZERO);
                self.come_back(message, end(reason, false), at_once).await
            }
            Err(fault) => settled(message, end(reason, false), Some(fault)),
        }
    }
}

async fn patient<T>(call: impl Future<Output = Result<T, BoxError>>) -> Result<T, BoxError> {
    timeout(PATIENCE, call).await?
}

fn settled(message: &SqsMessage, end: End, fault: Option<BoxError>) -> Settled {
    Settled {
        message_id: message.message_id.clone().unwrap_or_default(),
        end,
        fault,
    }
}
