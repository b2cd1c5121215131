//! Posts one message to one connection, as often as it makes sense.

use std::time::Duration;

use domain::ports::{Clock, ConnectionStore, Entropy, PortError, PostError, Postman};
use domain::{ConnectionId, causes};
use retry::Backoff;
use tokio::time::{sleep, timeout};

/// How long one post may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often one message is posted before the connection is left alone.
const TRIES: Backoff = Backoff {
    base: Duration::from_millis(200),
    cap: Duration::from_secs(1),
    attempts: 3,
};

/// The way to a connection.
#[derive(Clone, Copy)]
pub(crate) struct Courier<'a> {
    /// Takes messages there.
    pub(crate) postman: &'a dyn Postman,
    /// Where a connection that is gone is forgotten.
    pub(crate) connections: &'a dyn ConnectionStore,
    /// Whether a connection may still be opening.
    pub(crate) clock: &'a dyn Clock,
    /// Makes jitter.
    pub(crate) entropy: &'a dyn Entropy,
}

impl Courier<'_> {
    /// Posts, and tries again after whatever may pass.
    pub(crate) async fn post(self, id: &ConnectionId, text: &str) -> Result<(), PostError> {
        self.insist(id, text, true).await
    }

    /// The same for a connection that may not be open yet: it is stored before its handshake ends, so
    /// that nothing falls between, and until then the gateway says that it is gone.
    pub(crate) async fn post_when_open(
        self,
        id: &ConnectionId,
        text: &str,
    ) -> Result<(), PostError> {
        for tries in 1..TRIES.attempts {
            match self.post(id, text).await {
                Err(PostError::Gone) if self.may_be_opening(id).await => {}
                last => return last,
            }
            sleep(TRIES.wait(tries, self.entropy)).await;
        }
        self.post(id, text).await
    }

    /// Posts, and tries again where the gateway asks to come later. Who takes nothing for any other
    /// reason holds up its caller no longer.
    pub(crate) async fn offer(self, id: &ConnectionId, text: &str) -> Result<(), PostError> {
        self.insist(id, text, false).await
    }

    /// Whether its handshake may still be going on.
    pub(crate) async fn may_be_opening(self, id: &ConnectionId) -> bool {
        let now = self.clock.now();
        let found = self.connections.find(id, now).await;
        found.is_ok_and(|found| found.is_some_and(|found| found.may_be_opening(now)))
    }

    /// Forgets a connection that is gone. Where that fails, the next post or its end does it.
    pub(crate) async fn forget(self, id: &ConnectionId) {
        if let Err(error) = self.connections.remove(id).await {
            tracing::warn!(
                error = causes(&error),
                "a closed connection was not forgotten"
            );
        }
    }

    async fn insist(self, id: &ConnectionId, text: &str, whatever: bool) -> Result<(), PostError> {
        let mut tries = 1;
        loop {
            let posted = match timeout(PATIENCE, self.postman.post(id, text)).await {
                Ok(posted) => posted,
                Err(slow) => Err(PortError::unavailable("the connection", slow).into()),
            };
            match posted {
                Err(PostError::Throttled) if tries < TRIES.attempts => {}
                Err(error) if whatever && tries < TRIES.attempts && may_pass(&error) => {}
                last => return last,
            }
            sleep(TRIES.wait(tries, self.entropy)).await;
            tries += 1;
        }
    }
}

fn may_pass(error: &PostError) -> bool {
    match error {
        PostError::Gone | PostError::Failed(PortError::Broken { .. }) => false,
        PostError::Throttled | PostError::Failed(_) => true,
    }
}
