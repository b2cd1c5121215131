//! What was left behind, in memory.

use async_trait::async_trait;
use domain::ports::{ExpiredItem, PortError, StaleConnections, StuckTask, StuckTasks};
use domain::task::Phase;
use domain::{ConnectionId, RequestId, Task, TenantId};
use std::collections::BTreeMap;
use time::OffsetDateTime;

use super::{MemoryConnections, MemoryTasks};

/// Until when a task is left out. Counts while the task's own moment is the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deferral {
    from: OffsetDateTime,
    until: OffsetDateTime,
}

/// By task.
pub(super) type Deferrals = BTreeMap<(TenantId, RequestId), Deferral>;

/// When somebody should look.
fn moment(task: &Task, deferrals: &Deferrals) -> Option<OffsetDateTime> {
    let own = task.attention_at()?;
    let deferral = deferrals.get(&(task.tenant.clone(), task.request_id));
    let current = deferral.filter(|deferral| deferral.from == own);
    Some(current.map_or(own, |deferral| deferral.until))
}

fn stuck(task: &Task, deferrals: &Deferrals) -> Option<StuckTask> {
    Some(StuckTask {
        tenant: task.tenant.clone(),
        request_id: task.request_id,
        phase: task.phase()?,
        priority: task.terms.priority,
        run_at: task.terms.run_at,
        created_at: task.created_at,
        trace: task.trace,
        attention_at: moment(task, deferrals)?,
    })
}

/// Calls are named `stuck.due`, `.defer`, `.postpone`.
#[async_trait]
impl StuckTasks for MemoryTasks {
    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<StuckTask>, PortError> {
        let due = || {
            let deferrals = self.deferrals.lock();
            let mut found: Vec<_> = self
                .all()
                .iter()
                .filter_map(|task| stuck(task, &deferrals))
                .filter(|task| task.attention_at <= now)
                .collect();
            found.sort_by_key(|task| task.attention_at);
            found.truncate(limit);
            Ok(found)
        };
        self.faults.around("stuck.due", due).await
    }

    async fn defer(&self, task: &StuckTask, until: OffsetDateTime) -> Result<(), PortError> {
        let defer = || {
            let mut deferrals = self.deferrals.lock();
            let stored = self.get(task.request_id);
            let own = stored
                .filter(|stored| moment(stored, &deferrals) == Some(task.attention_at))
                .and_then(|stored| stored.attention_at());
            let from = own.ok_or(PortError::Conflict { what: "task" })?;
            let key = (task.tenant.clone(), task.request_id);
            deferrals.insert(key, Deferral { from, until });
            Ok(())
        };
        self.faults.around("stuck.defer", defer).await
    }

    async fn postpone(
        &self,
        tenant: &TenantId,
        id: RequestId,
        until: OffsetDateTime,
    ) -> Result<(), PortError> {
        let postpone = || {
            let stored = self.get(id);
            let queued = stored.filter(|task| task.phase() == Some(Phase::Queued));
            let own = queued.and_then(|task| task.attention_at());
            let from = own.ok_or(PortError::Conflict { what: "task" })?;
            let key = (tenant.clone(), id);
            self.deferrals.lock().insert(key, Deferral { from, until });
            Ok(())
        };
        self.faults.around("stuck.postpone", postpone).await
    }
}

/// The call is named `connections.stale`.
#[async_trait]
impl StaleConnections for MemoryConnections {
    async fn stale(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, PortError> {
        let stale = || {
            let connections = self.connections.lock();
            let mut ended: Vec<_> = connections
                .values()
                .map(|open| (open.connection.expires_at(), open.connection.id.clone()))
                .filter(|(expires_at, _)| *expires_at <= now)
                .collect();
            ended.sort();
            ended.truncate(limit);
            Ok(ended.into_iter().map(|(_, id)| id).collect())
        };
        self.faults.around("connections.stale", stale).await
    }
}

/// The first that ended, by their names.
pub(super) fn first(
    ended: impl Iterator<Item = (OffsetDateTime, String)>,
    limit: usize,
) -> Vec<ExpiredItem> {
    let mut ended: Vec<_> = ended.collect();
    ended.sort();
    ended.truncate(limit);
    ended
        .into_iter()
        .map(|(_, name)| ExpiredItem(name))
        .collect()
}
