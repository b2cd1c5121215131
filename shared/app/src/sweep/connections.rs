//! Removes connections that API Gateway has closed long ago.

use domain::ports::PortError;
use domain::{ConnectionId, causes};
use futures::StreamExt as _;
use futures::stream;
use time::OffsetDateTime;

use super::{AT_ONCE, MOST_CONNECTIONS, Sweep};

impl Sweep {
    /// How many were removed, and how many calls failed.
    pub(super) async fn sweep_connections(&self, now: OffsetDateTime) -> (usize, usize) {
        let stale = match self.stale.stale(now, MOST_CONNECTIONS).await {
            Ok(stale) => stale,
            Err(error) => {
                tracing::error!(error = causes(&error), "stale connections cannot be found");
                return (0, 1);
            }
        };
        let removals: Vec<_> = stale.iter().map(|id| self.forget(id)).collect();
        let removals = stream::iter(removals).buffer_unordered(AT_ONCE);
        let outcomes: Vec<_> = removals.collect().await;
        let removed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        (removed, outcomes.len() - removed)
    }

    async fn forget(&self, id: &ConnectionId) -> Result<(), PortError> {
        let removed = self.connections.remove(id).await;
        if let Err(error) = &removed {
            tracing::warn!(
                connection.id = %id,
                error = causes(error),
                "a stale connection was not removed"
            );
        }
        removed
    }
}
