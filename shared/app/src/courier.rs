//! Posts one message to one connection, as often as it makes sense.

use std::time::Duration;

use domain::ports::{ConnectionStore, Entropy, PortError, PostError, Postman};
use domain::{ConnectionId, causes};
use tokio::time::{sleep, timeout};

use crate::backoff::Backoff;

/// How often one message is posted before the connection is left alone.
const TRIES: u32 = 3;

/// How long one post may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// The wait between tries.
const PAUSE: Backoff = Backoff {
    base: time::Duration::milliseconds(200),
    cap: time::Duration::seconds(1),
};

/// The way to a connection.
#[derive(Clone, Copy)]
pub(crate) struct Courier<'a> {
    /// Takes messages there.
    pub(crate) postman: &'a dyn Postman,
    /// Where a connection that is gone is forgotten.
    pub(crate) connections: &'a dyn ConnectionStore,
    /// Makes jitter.
    pub(crate) entropy: &'a dyn Entropy,
}

impl Courier<'_> {
    /// Posts, and tries again after whatever may pass.
    pub(crate) async fn post(self, id: &ConnectionId, text: &str) -> Result<(), PostError> {
        self.insist(id, text, may_pass).await
    }

    /// Posts, and tries again where the gateway asks to come later. Who takes nothing for any other
    /// reason holds up its caller no longer.
    pub(crate) async fn offer(self, id: &ConnectionId, text: &str) -> Result<(), PostError> {
        let throttled = |error: &PostError| matches!(error, PostError::Throttled);
        self.insist(id, text, throttled).await
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

    async fn insist(
        self,
        id: &ConnectionId,
        text: &str,
        again: impl Fn(&PostError) -> bool,
    ) -> Result<(), PostError> {
        let mut tries = 1;
        loop {
            let posted = match timeout(PATIENCE, self.postman.post(id, text)).await {
                Ok(posted) => posted,
                Err(slow) => Err(PortError::unavailable("the connection", slow).into()),
            };
            match posted {
                Err(error) if again(&error) && tries < TRIES => {}
                last => return last,
            }
            sleep(PAUSE.wait(tries, self.entropy).unsigned_abs()).await;
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
