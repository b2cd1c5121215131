//! Users and sessions in memory.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use domain::dashboard::SESSION_IDLE;
use domain::event::{SessionAction, What};
use domain::ports::{ActivityCounts, ActivityStore, PortError};
use domain::{Event, TenantId};
use time::OffsetDateTime;

use super::{Faults, Kept};

#[derive(Debug, Default)]
struct Activity {
    users: HashSet<String>,
    started: HashMap<String, OffsetDateTime>,
    ended: HashSet<String>,
    newest: Option<OffsetDateTime>,
}

/// Keeps users and sessions. Calls are named `activity.record`, `activity.counts`.
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
        self.newest = self.newest.max(Some(event.at));
        self.users.extend(event.user().map(String::from));
        let What::Session(session) = &event.what else {
            return;
        };
        let id = session.session_id.clone();
        match session.action {
            SessionAction::Start => {
                let started = self.started.entry(id).or_insert(event.at);
                *started = event.at.max(*started);
            }
            SessionAction::End => {
                self.ended.insert(id);
            }
        }
    }

    fn is_active(&self, session: &str, started: OffsetDateTime, now: OffsetDateTime) -> bool {
        let reference = self.newest.map_or(now, |newest| newest.min(now));
        !self.ended.contains(session) && started >= reference - SESSION_IDLE
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
            let sessions = activity.started.iter();
            let active = sessions.filter(|(id, at)| activity.is_active(id, **at, now));
            Ok(ActivityCounts {
                user_count: activity.users.len() as u64,
                active_sessions: active.count() as u64,
            })
        };
        self.faults.around("activity.counts", counts).await
    }
}
