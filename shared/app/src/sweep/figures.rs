//! Rolls up figures over time, so that the first who asks for them does not wait.
//!
//! After a bulk load that is some seconds' work. It comes last, in slices of a day of a tenant, and
//! ends in time; what is left is next, the longest outdated first.

use std::time::Duration;

use domain::causes;
use domain::ports::{OutdatedHours, PortError};
use tokio::time::{Instant, timeout};

use super::Sweep;

/// Most hours in one run: seven months of one tenant.
pub const MOST_HOURS: usize = 5_000;
/// How long it may take of the function's 50 s, the rest of which is the other parts'.
const WITHIN: Duration = Duration::from_secs(20);
/// A slice that had as long as that and is not done would hold up all others each minute.
const TOO_LONG: Duration = Duration::from_secs(10);

impl Sweep {
    /// How many hours were rolled up, and how many calls failed.
    pub(super) async fn sweep_figures(&self) -> (usize, usize) {
        let outdated = match self.roll_ups.outdated(MOST_HOURS).await {
            Ok(outdated) => outdated,
            Err(error) => {
                tracing::error!(error = causes(&error), "outdated hours cannot be found");
                return (0, 1);
            }
        };
        let end = Instant::now() + WITHIN;
        let (mut hours, mut faults) = (0, 0);
        for outdated in &outdated {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            match timeout(left, self.roll_ups.roll_up(outdated)).await {
                Ok(Ok(())) => hours += outdated.hours.len(),
                Err(_) if left < TOO_LONG => break,
                Err(_) => faults += self.put_off(outdated, None).await,
                Ok(Err(error)) => faults += self.put_off(outdated, Some(error)).await,
            }
        }
        (hours, faults)
    }

    /// How many calls failed, with that which was the reason.
    async fn put_off(&self, outdated: &OutdatedHours, reason: Option<PortError>) -> usize {
        let after = reason
            .as_ref()
            .map_or("it took too long".into(), |error| causes(error));
        tracing::warn!(
            tenant = %outdated.tenant,
            day = %outdated.day.date(),
            error = after,
            "hours were not rolled up, and come last now"
        );
        let postponed = self.roll_ups.postpone(outdated).await;
        if let Err(error) = &postponed {
            tracing::warn!(error = causes(error), "outdated hours were not put off");
        }
        1 + usize::from(postponed.is_err())
    }
}
