//! Users and sessions in memory.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use domain::dashboard::SESSION_IDLE;
use domain::event::{SessionAction, What};
use domain::export::{Cell, Column, Row, RowQuery, Source};
use domain::ports::{ActivityCounts, ActivityStore, PortError, RowSource, RowStream};
use domain::{Event, TenantId};
use time::OffsetDateTime;

use super::rows::{GivenRows, not_kept_here};
use super::{Faults, Kept};

#[derive(Debug, Default)]
struct Activity {
    users: BTreeMap<String, Seen>,
    sessions: BTreeMap<String, Known>,
    newest: Option<OffsetDateTime>,
}

#[derive(Debug)]
struct Seen {
    first: OffsetDateTime,
    last: OffsetDateTime,
}

#[derive(Debug, Default)]
struct Known {
    user: Option<String>,
    started: Option<OffsetDateTime>,
    ended: Option<OffsetDateTime>,
}

/// Keeps users and sessions, and gives them as rows. Calls are named `activity.record`,
/// `activity.counts`, `activity.rows`, `activity.count`, `activity.next`.
#[derive(Debug, Default)]
pub struct MemoryActivity {
    tenants: Kept<HashMap<TenantId, Activity>>,
    faults: Faults,
}

impl MemoryActivity {
    /// Nobody yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }
}

impl Activity {
    fn take_in(&mut self, event: &Event) {
        let at = event.at;
        self.newest = self.newest.max(Some(at));
        if let Some(user) = event.user() {
            let seen = self.users.entry(user.into());
            let seen = seen.or_insert(Seen {
                first: at,
                last: at,
            });
            (seen.first, seen.last) = (seen.first.min(at), seen.last.max(at));
        }
        let What::Session(session) = &event.what else {
            return;
        };
        let known = self.sessions.entry(session.session_id.clone()).or_default();
        let users = [known.user.take(), session.user.clone()];
        known.user = users.into_iter().flatten().min();
        match session.action {
            SessionAction::Start => known.started = known.started.max(Some(at)),
            SessionAction::End => known.ended = known.ended.max(Some(at)),
        }
    }

    fn active(&self, now: OffsetDateTime) -> usize {
        let reference = self.newest.map_or(now, |newest| newest.min(now));
        let open = self.sessions.values().filter(|known| known.ended.is_none());
        let started = open.filter_map(|known| known.started);
        started.filter(|at| *at >= reference - SESSION_IDLE).count()
    }

    fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, PortError> {
        let users = self.users.iter();
        let users = users.filter(|(_, seen)| query.covers(Some(seen.last)));
        let sessions = self.sessions.iter();
        let sessions = sessions.filter(|(_, known)| query.covers(known.started));
        match query.source {
            Source::Users => Ok(users
                .map(|(name, seen)| row(query, |column| seen.cell(name, column)))
                .collect()),
            Source::Sessions => Ok(sessions
                .map(|(id, known)| row(query, |column| known.cell(id, column)))
                .collect()),
            _ => Err(not_kept_here()),
        }
    }
}

fn row(query: &RowQuery, cell: impl Fn(&str) -> Cell) -> Row {
    let columns = query.columns.iter();
    columns.map(|Column { name, .. }| cell(name)).collect()
}

impl Seen {
    fn cell(&self, name: &str, column: &str) -> Cell {
        match column {
            "user" => Cell::Text(name.into()),
            "first_seen" => Cell::Moment(self.first),
            "last_seen" => Cell::Moment(self.last),
            _ => Cell::None,
        }
    }
}

impl Known {
    fn cell(&self, id: &str, column: &str) -> Cell {
        match column {
            "session_id" => Cell::Text(id.into()),
            "user" => Cell::text(self.user.clone()),
            "started_at" => Cell::moment(self.started),
            "ended_at" => Cell::moment(self.ended),
            _ => Cell::None,
        }
    }
}

#[async_trait]
impl ActivityStore for MemoryActivity {
    async fn record(&self, tenant: &TenantId, events: &[Event]) -> Result<(), PortError> {
        let record = || {
            let mut tenants = self.tenants.lock();
            let activity = tenants.entry(tenant.clone()).or_default();
            for event in events {
                activity.take_in(event);
            }
            Ok(())
        };
        self.faults.around("activity.record", record).await
    }

    async fn counts(
        &self,
        tenant: &TenantId,
        now: OffsetDateTime,
    ) -> Result<ActivityCounts, PortError> {
        let counts = || {
            let mut tenants = self.tenants.lock();
            let activity = tenants.entry(tenant.clone()).or_default();
            Ok(ActivityCounts {
                user_count: activity.users.len() as u64,
                active_sessions: activity.active(now) as u64,
            })
        };
        self.faults.around("activity.counts", counts).await
    }
}

impl MemoryActivity {
    fn rows(&self, tenant: &TenantId, query: &RowQuery) -> Result<Vec<Row>, PortError> {
        let mut tenants = self.tenants.lock();
        tenants.entry(tenant.clone()).or_default().rows(query)
    }
}

#[async_trait]
impl RowSource for MemoryActivity {
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &RowQuery,
    ) -> Result<Box<dyn RowStream>, PortError> {
        let rows = || {
            let rows = GivenRows::new(self.rows(tenant, query)?, "activity.next", &self.faults);
            Ok(Box::new(rows) as Box<dyn RowStream>)
        };
        self.faults.around("activity.rows", rows).await
    }

    async fn count(&self, tenant: &TenantId, query: &RowQuery) -> Result<Option<u64>, PortError> {
        let count = || Ok(Some(self.rows(tenant, query)?.len() as u64));
        self.faults.around("activity.count", count).await
    }
}
