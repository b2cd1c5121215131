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
    /// Asks both stores at once, the slower one first: the answer takes as long as that. The mean is exact;
    /// rounding is the reader's.
    pub async fn run(
        &self,
        tenant: &TenantId,
        window: Window,
    ) -> Result<Dashboard, ReadDashboardError> {
        let now = self.clock.now();
        let (mean, counts) = tokio::try_join!(
            self.response_times.mean(tenant, window.start(now)),
            self.activity.counts(tenant, now),
        )?;
        Ok(Dashboard {
            user_count: counts.user_count,
            active_sessions: counts.active_sessions,
            avg_response_time_ms: mean.unwrap_or(0.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::ports::EventLog as _;
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryActivity, MemoryEvents};

    use super::*;

    #[tokio::test]
    async fn figures_come_from_both_stores() {
        let faults = Faults::default();
        let (events, activity) = (MemoryEvents::new(&faults), MemoryActivity::new(&faults));
        let tenant = build::tenant();
        let all = [
            build::request("1", "2026-03-01T11:30:00Z", "ann", 10.0),
            build::request("2", "2026-02-28T12:00:00Z", "bob", 21.0),
            build::request("3", "2026-02-20T12:00:00Z", "bob", 40.0),
            build::session("4", "2026-03-01T11:55:00Z", "s", "start"),
        ];
        events.append(&tenant, &all).await.unwrap();
        activity.record(&tenant, &all).await.unwrap();
        let dashboard = ReadDashboard {
            activity: Arc::new(activity),
            response_times: Arc::new(events),
            clock: Arc::new(FixedClock::at(NOW)),
        };
        for (window, mean) in [
            (Window::Hour, 10.0),
            (Window::Day, 15.5),
            (Window::All, 71.0 / 3.0),
        ] {
            let expected = Dashboard {
                user_count: 3,
                active_sessions: 1,
                avg_response_time_ms: mean,
            };
            assert_eq!(dashboard.run(&tenant, window).await.unwrap(), expected);
        }
        let nobody = dashboard.run(&build::tenant(), Window::All).await.unwrap();
        assert_eq!((nobody.user_count, nobody.avg_response_time_ms), (0, 0.0));

        for call in ["events.mean", "activity.counts"] {
            faults.on(call, 1, Fault::Unavailable);
            assert!(dashboard.run(&tenant, Window::All).await.is_err());
        }
    }
}
