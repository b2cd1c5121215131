//! Posts one connection's messages, in order.

use std::sync::Arc;
use std::time::Duration;

use domain::ports::PostError;
use domain::{ConnectionId, causes};
use tokio::time::{Instant, timeout_at};

use super::PushUpdates;
use crate::count_messages::Payer;
use crate::courier::Courier;

/// How long all of a batch's messages to one connection may take.
const BUDGET: Duration = Duration::from_secs(12);

/// One message to one connection.
pub(super) struct Letter {
    /// The place of its update in the batch.
    pub(super) index: usize,
    /// The message.
    pub(super) text: Arc<str>,
    /// Whose update it is.
    pub(super) payer: Arc<Payer>,
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
        let mut taken = 0;
        let posting = async {
            for letter in &letters {
                match self.post_when_open(&id, &letter.text).await {
                    Ok(()) => {
                        taken += 1;
                        self.pushed.note(&letter.payer, &letter.text);
                    }
                    Err(PostError::Gone) => {
                        taken = letters.len();
                        self.forget_unless_opening(&id).await;
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

    /// Posts one message, several times where that may help.
    pub(crate) async fn post(&self, id: &ConnectionId, text: &str) -> Result<(), PostError> {
        self.courier().post(id, text).await
    }

    /// The same for a connection that may not be open yet: it is stored before its handshake ends,
    /// so that nothing falls between, and until then the gateway says that it is gone.
    async fn post_when_open(&self, id: &ConnectionId, text: &str) -> Result<(), PostError> {
        self.courier().post_when_open(id, text).await
    }

    /// A connection that may be about to open is left alone: the client asks for what it has missed
    /// when it is open, and the row goes with its end.
    async fn forget_unless_opening(&self, id: &ConnectionId) {
        let courier = self.courier();
        if !courier.may_be_opening(id).await {
            courier.forget(id).await;
        }
    }

    /// Forgets a connection that is gone.
    pub(crate) async fn forget(&self, id: &ConnectionId) {
        self.courier().forget(id).await;
    }

    fn courier(&self) -> Courier<'_> {
        Courier {
            postman: self.postman.as_ref(),
            connections: self.connections.as_ref(),
            clock: self.clock.as_ref(),
            entropy: self.entropy.as_ref(),
        }
    }
}
