//! The activity store.

use async_trait::async_trait;
use domain::ports::{ActivityCounts, ActivityStore, PortError};
use domain::{Event, TenantId, dashboard};
use time::OffsetDateTime;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::SERVER;
use super::observed::Observed;
use super::pool::Sessions;

/// Users and sessions in `PostgreSQL`.
///
/// What is kept of a session is its latest start, its latest end and the first of its users'
/// names in order of bytes; so events may come twice and in any order. A session that has ended
/// stays ended.
#[derive(Clone)]
pub struct Activity {
    pub(super) sessions: Sessions,
}

impl Activity {
    pub(super) fn new(sessions: Sessions) -> Self {
        Self { sessions }
    }
}

#[async_trait]
impl ActivityStore for Activity {
    async fn record(&self, tenant: &TenantId, events: &[Event]) -> Result<(), PortError> {
        let Some(newest) = events.iter().map(|event| event.at).max() else {
            return Ok(());
        };
        let observed = Observed::of(events);
        let users: Vec<_> = observed.users.keys().copied().collect();
        let first: Vec<_> = observed.users.values().map(|seen| seen.first).collect();
        let last: Vec<_> = observed.users.values().map(|seen| seen.last).collect();
        let ids: Vec<_> = observed.sessions.keys().copied().collect();
        let owners: Vec<_> = observed.sessions.values().map(|known| known.user).collect();
        let started: Vec<_> = observed.sessions.values().map(|s| s.started).collect();
        let ended: Vec<_> = observed.sessions.values().map(|s| s.ended).collect();
        self.sessions
            .run(
                include_str!("record.sql"),
                &[
                    (&tenant.as_str(), Type::TEXT),
                    (&newest, Type::TIMESTAMPTZ),
                    (&users, Type::TEXT_ARRAY),
                    (&first, Type::TIMESTAMPTZ_ARRAY),
                    (&last, Type::TIMESTAMPTZ_ARRAY),
                    (&ids, Type::TEXT_ARRAY),
                    (&owners, Type::TEXT_ARRAY),
                    (&started, Type::TIMESTAMPTZ_ARRAY),
                    (&ended, Type::TIMESTAMPTZ_ARRAY),
                ],
            )
            .await
            .map(drop)
    }

    async fn counts(
        &self,
        tenant: &TenantId,
        now: OffsetDateTime,
    ) -> Result<ActivityCounts, PortError> {
        let idle = dashboard::SESSION_IDLE.as_seconds_f64();
        let rows = self
            .sessions
            .run(
                include_str!("counts.sql"),
                &[
                    (&tenant.as_str(), Type::TEXT),
                    (&now, Type::TIMESTAMPTZ),
                    (&idle, Type::FLOAT8),
                ],
            )
            .await?;
        let row = rows
            .first()
            .ok_or_else(|| PortError::broken(SERVER, "the counts have no row"))?;
        Ok(ActivityCounts {
            user_count: count(row, "user_count")?,
            active_sessions: count(row, "active_sessions")?,
        })
    }
}

fn count(row: &Row, column: &str) -> Result<u64, PortError> {
    let count: i64 = row
        .try_get(column)
        .map_err(|cause| PortError::broken(SERVER, cause))?;
    u64::try_from(count).map_err(|cause| PortError::broken(SERVER, cause))
}
