//! Posts one connection's messages, in order.

use std::sync::Arc;
use std::time::Duration;

use domain::ports::{PortError, PostError};
use domain::{ConnectionId, causes};
use retry::Backoff;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::PushUpdates;

/// How long one post may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long all of a batch's messages to one connection may take.
const BUDGET: Duration = Duration::from_secs(12);

/// How often one message is posted before the connection is left alone.
const TRIES: Backoff = Backoff {
    base: Duration::from_millis(200),
    cap: Duration::from_secs(1),
    attempts: 3,
};

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
        let mut taken = 0;
        let posting = async {
            for letter in &letters {
                match self.post_when_open(&id, &letter.text).await {
                    Ok(()) => taken += 1,
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
        let mut tries = 1;
        loop {
            let posted = match timeout(PATIENCE, self.postman.post(id, text)).await {
                Ok(posted) => posted,
                Err(slow) => Err(PortError::unavailable("the connection", slow).into()),
            };
            match posted {
                Err(error) if may_pass(&error) && tries < TRIES.attempts => {}
                last => return last,
            }
            sleep(TRIES.wait(tries, self.entropy.as_ref())).await;
            tries += 1;
        }
    }

    /// The same for a connection that may not be open yet: it is stored before its handshake ends,
    /// so that nothing falls between, and until then the gateway says that it is gone.
    async fn post_when_open(&self, id: &ConnectionId, text: &str) -> Result<(), PostError> {
        for tries in 1..TRIES.attempts {
            match self.post(id, text).await {
                Err(PostError::Gone) if self.may_be_opening(id).await => {}
                last => return last,
            }
            sleep(TRIES.wait(tries, self.entropy.as_ref())).await;
        }
        self.post(id, text).await
    }

    async fn may_be_opening(&self, id: &ConnectionId) -> bool {
        let now = self.clock.now();
        let found = self.connections.find(id, now).await;
        found.is_ok_and(|found| found.is_some_and(|found| found.may_be_opening(now)))
    }

    /// A connection that may be about to open is left alone: the client asks for what it has missed
    /// when it is open, and the row goes with its end.
    async fn forget_unless_opening(&self, id: &ConnectionId) {
        if !self.may_be_opening(id).await {
            self.forget(id).await;
        }
    }

    /// Forgets a connection that is gone.
    pub(crate) async fn forget(&self, id: &ConnectionId) {
        if let Err(error) = self.connections.remove(id).await {
            tracing::warn!(
                error = causes(&error),
                "a closed connection was not forgotten"
            );
        }
    }
}

fn may_pass(error: &PostError) -> bool {
    match error {
        PostError::Gone | PostError::Failed(PortError::Broken { .. }) => false,
        PostError::Throttled | PostError::Failed(_) => true,
    }
}
