//! Reads who is connected.

use domain::broadcast::{Broadcast, Shard};
use domain::ports::{AudienceQuery, PortError};
use domain::{ConnectionId, causes};
use futures::SinkExt as _;
use futures::channel::mpsc::Sender;
use tokio::time::Instant;

use super::{PAGE, PushBroadcast};

/// Where somebody else must go on reading: after this connection.
pub(super) type Unread = Option<ConnectionId>;

impl PushBroadcast {
    pub(super) fn query(
        &self,
        broadcast: &Broadcast,
        shard: Shard,
        after: Option<ConnectionId>,
    ) -> AudienceQuery {
        AudienceQuery {
            shard,
            tenant: broadcast.tenant.clone(),
            after,
            limit: PAGE,
            now: self.clock.now(),
        }
    }

    /// Hands every connection on, and stops where it is when the time is up or the store is away.
    /// Fails where nothing was read at all.
    pub(super) async fn read(
        &self,
        mut query: AudienceQuery,
        until: Instant,
        mut to: Sender<ConnectionId>,
    ) -> Result<Unread, PortError> {
        let mut pages = 0;
        loop {
            let page = match self.audience.page(&query).await {
                Ok(page) => page,
                Err(error) if pages == 0 => return Err(error),
                Err(error) => {
                    tracing::warn!(error = causes(&error), "a shard was not read to its end");
                    return Ok(query.after);
                }
            };
            pages += 1;
            for id in page.items {
                // The other end takes everything as long as this one lives.
                let _ = to.send(id).await;
            }
            let Some(next) = page.next else {
                return Ok(None);
            };
            query.after = Some(next);
            if Instant::now() >= until {
                return Ok(query.after);
            }
        }
    }
}
