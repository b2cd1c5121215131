//! Reads the figures that the dashboard opens with.

use std::sync::Arc;

use domain::ports::{ActivityStore, Clock, PortError, ResponseTimes};
use domain::{Dashboard, TenantId, Window};

/// Reads the dashboard's figures.
#[derive(Clone)]
pub struct ReadDashboard {
    /// Users and sessions.
    pub activity: Arc<dyn ActivityStore>,
    /// How fast the services are.
    pub response_times: Arc<dyn ResponseTimes>,
    /// What the window and the sessions' idleness count from.
    pub clock: Arc<dyn Clock>,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
#[error("the dashboard's figures cannot be read")]
pub struct ReadDashboardError(#[from] pub PortError);

impl ReadDashboard {
    /// Asks both stores at once: the answer takes as long as the slower one. The mean is exact;
    /// rounding is the reader's.
    pub async fn run(
        &self,
        tenant: &TenantId,
        window: Window,
    ) -> Result<Dashboard, ReadDashboardError> {
        let now = self.clock.now();
        let (counts, mean) = tokio::try_join!(
            self.activity.counts(tenant, now),
            self.response_times.mean(tenant, window.start(now)),
        )?;
        Ok(Dashboard {
            user_count: counts.user_count,
            active_sessions: counts.active_sessions,
            avg_response_time_ms: mean.unwrap_or(0.0),
        })
    }
}
