//! Posts one connection's messages, in order.

use std::sync::Arc;
use std::time::Duration;

use domain::ports::PostError;
use domain::{ConnectionId, causes};
use tokio::time::{Instant, timeout_at};

use super::PushUpdates;
use crate::courier::Courier;

/// How long all of a batch's messages to one connection may take.
const BUDGET: Duration = Duration::from_secs(12);

/// One message to one connection.
pub(super) struct Letter {
    /// The place of its update in the batch.
    pub(super) index: usize,
    /// The message.
    pub(super) text: Arc<str>,
}

impl PushUpdates {
    /// Posts the messages one after the other, so that they arrive in order, and gives the places
    /// of those that were not taken, or not before the end. After one that is not taken no other
    /// is tried.
    pub(super) async fn deliver(
        &self,
        id: ConnectionId,
        letters: Vec<Letter>,
        end: Instant,
    ) -> Vec<usize> {
        let courier = self.courier();
        let mut taken = 0;
        let posting = async {
            for letter in &letters {
                match courier.post(&id, &letter.text).await {
                    Ok(()) => taken += 1,
                    Err(PostError::Gone) => {
                        taken = letters.len();
                        courier.forget(&id).await;
                        break;
                    }
                    Err(error) => {
                        tracing::warn!(error = causes(&error), "a connection took no message");
                        break;
                    }
                }
            }
        };
        let end = end.min(Instant::now() + BUDGET);
        if timeout_at(end, posting).await.is_err() {
            tracing::warn!("a connection is too slow");
        }
        letters
            .iter()
            .skip(taken)
            .map(|letter| letter.index)
            .collect()
    }

    fn courier(&self) -> Courier<'_> {
        Courier {
            postman: self.postman.as_ref(),
            connections: self.connections.as_ref(),
            entropy: self.entropy.as_ref(),
        }
    }
}
