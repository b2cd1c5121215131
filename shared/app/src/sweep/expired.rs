//! Removes what has expired and takes room only.

use domain::causes;
use domain::ports::{ExpiredItem, Expiring, PortError};
use futures::StreamExt as _;
use futures::stream;
use time::OffsetDateTime;

use super::{AT_ONCE, MOST_EXPIRED, Sweep};

impl Sweep {
    /// How many were removed, and how many calls failed. `what` names them in the log.
    pub(super) async fn sweep_expired(
        &self,
        store: &dyn Expiring,
        what: &'static str,
        now: OffsetDateTime,
    ) -> (usize, usize) {
        let expired = match store.expired(now, MOST_EXPIRED).await {
            Ok(expired) => expired,
            Err(error) => {
                tracing::error!(what, error = causes(&error), "what expired cannot be found");
                return (0, 1);
            }
        };
        let removals: Vec<_> = expired
            .iter()
            .map(|item| discard(store, what, item, now))
            .collect();
        let removals = stream::iter(removals).buffer_unordered(AT_ONCE);
        let outcomes: Vec<_> = removals.collect().await;
        let removed = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Ok(true)));
        let faults = outcomes.iter().filter(|outcome| outcome.is_err());
        (removed.count(), faults.count())
    }
}

async fn discard(
    store: &dyn Expiring,
    what: &'static str,
    item: &ExpiredItem,
    now: OffsetDateTime,
) -> Result<bool, PortError> {
    let removed = store.discard(item, now).await;
    if let Err(error) = &removed {
        tracing::warn!(what, error = causes(error), "what expired was not removed");
    }
    removed
}
