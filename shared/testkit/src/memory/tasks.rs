//! Tasks in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::ports::{
    LateUsage, Page, PortError, Spent, SpentPage, SpentTasks, TaskIndex, TaskPage, TaskQuery,
    TaskStore, TaskWatch,
};
use domain::task::State;
use domain::{LeaseToken, RequestId, Task, TaskResult, TenantId, Usage};
use serde_json::Value;
use time::OffsetDateTime;

use super::sweep::Deferrals;
use super::{Faults, Kept};

const WHAT: &str = "task";

/// Keeps and lists tasks. Calls are named `tasks.create`, `.load`, `.replace`, `.renew`, `.holder`,
/// `.list`, `late_usage.add`, `.total`, and `spent.page`.
#[derive(Debug, Default)]
pub struct MemoryTasks {
    late: Kept<BTreeMap<(TenantId, RequestId), Usage>>,
    tasks: Kept<BTreeMap<(TenantId, RequestId), Task>>,
    pub(super) deferrals: Kept<Deferrals>,
    pub(super) faults: Faults,
}

impl MemoryTasks {
    /// No tasks yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Every task, in any order of tenants, oldest first within one.
    pub fn all(&self) -> Vec<Task> {
        self.tasks.lock().values().cloned().collect()
    }

    /// The tasks beside which usage was added.
    pub fn with_late_usage(&self) -> Vec<(TenantId, RequestId)> {
        self.late.lock().keys().cloned().collect()
    }

    /// Stores a task over whatever is there, as a test's preparation.
    pub fn put(&self, task: Task) {
        let key = (task.tenant.clone(), task.request_id);
        self.tasks.lock().insert(key, task);
    }

    /// Stores a task whose id is free.
    pub(super) fn insert_new(&self, task: &Task) -> Result<(), PortError> {
        let key = (task.tenant.clone(), task.request_id);
        let mut tasks = self.tasks.lock();
        if tasks.contains_key(&key) {
            return Err(conflict());
        }
        tasks.insert(key, task.clone());
        Ok(())
    }

    /// The task with that id, whoever's it is.
    pub fn get(&self, id: RequestId) -> Option<Task> {
        let tasks = self.tasks.lock();
        tasks.values().find(|task| task.request_id == id).cloned()
    }
}

fn conflict() -> PortError {
    PortError::Conflict { what: WHAT }
}

#[async_trait]
impl TaskStore for MemoryTasks {
    async fn create(&self, task: &Task) -> Result<(), PortError> {
        self.faults
            .around("tasks.create", || self.insert_new(task))
            .await
    }

    async fn load(&self, tenant: &TenantId, id: RequestId) -> Result<Option<Task>, PortError> {
        let load = || Ok(self.tasks.lock().get(&(tenant.clone(), id)).cloned());
        self.faults.around("tasks.load", load).await
    }

    async fn replace(&self, task: &Task, from_version: u64) -> Result<(), PortError> {
        let replace = || {
            let mut tasks = self.tasks.lock();
            let stored = tasks.get_mut(&(task.tenant.clone(), task.request_id));
            let stored = stored.filter(|stored| stored.version == from_version);
            *stored.ok_or_else(conflict)? = task.clone();
            Ok(())
        };
        self.faults.around("tasks.replace", replace).await
    }

    async fn renew(
        &self,
        tenant: &TenantId,
        id: RequestId,
        token: LeaseToken,
        until: OffsetDateTime,
        usage: &Usage,
    ) -> Result<(), PortError> {
        let renew = || {
            let mut tasks = self.tasks.lock();
            let stored = tasks.get_mut(&(tenant.clone(), id)).ok_or_else(conflict)?;
            match &mut stored.state {
                State::Running { lease } if lease.token == token => lease.until = until,
                _ => return Err(conflict()),
            }
            stored.usage = *usage;
            Ok(())
        };
        self.faults.around("tasks.renew", renew).await
    }
}

#[async_trait]
impl LateUsage for MemoryTasks {
    async fn add(&self, tenant: &TenantId, id: RequestId, usage: Usage) -> Result<(), PortError> {
        let add = || {
            *self.late.lock().entry((tenant.clone(), id)).or_default() += usage;
            Ok(())
        };
        self.faults.around("late_usage.add", add).await
    }

    async fn total(&self, tenant: &TenantId, id: RequestId) -> Result<Usage, PortError> {
        let total = || {
            let late = self.late.lock();
            Ok(late.get(&(tenant.clone(), id)).copied().unwrap_or_default())
        };
        self.faults.around("late_usage.total", total).await
    }
}

#[async_trait]
impl SpentTasks for MemoryTasks {
    async fn page(&self, _: Option<&str>) -> Result<SpentPage, PortError> {
        let page = || {
            let tasks = self.all().into_iter().map(|task| Spent {
                tenant: task.tenant,
                request_id: task.request_id,
                task: Some((task.kind, task.updated_at)),
                usage: task.usage,
            });
            let late = self.late.lock();
            let late = late.iter().map(|((tenant, id), usage)| Spent {
                tenant: tenant.clone(),
                request_id: *id,
                task: None,
                usage: *usage,
            });
            Ok(Page {
                items: tasks.chain(late).collect(),
                next: None,
            })
        };
        self.faults.around("spent.page", page).await
    }
}

#[async_trait]
impl TaskWatch for MemoryTasks {
    async fn holder(
        &self,
        tenant: &TenantId,
        id: RequestId,
    ) -> Result<Option<LeaseToken>, PortError> {
        let holder = || {
            let tasks = self.tasks.lock();
            Ok(
                match tasks.get(&(tenant.clone(), id)).map(|task| &task.state) {
                    Some(State::Running { lease }) => Some(lease.token),
                    _ => None,
                },
            )
        };
        self.faults.around("tasks.holder", holder).await
    }
}

#[async_trait]
impl TaskIndex for MemoryTasks {
    async fn list(&self, query: &TaskQuery) -> Result<TaskPage, PortError> {
        let list = || {
            let mut items: Vec<_> = self.all();
            items.retain(|task| matches(task, query));
            items.sort_by_key(|task| std::cmp::Reverse(task.request_id));
            let more = items.len() > query.limit;
            items.truncate(query.limit);
            let last = items.last().map(|task| task.request_id);
            Ok(Page {
                items: items.into_iter().map(without_bulk).collect(),
                next: last.filter(|_| more),
            })
        };
        self.faults.around("tasks.list", list).await
    }
}

fn matches(task: &Task, query: &TaskQuery) -> bool {
    task.tenant == query.tenant
        && query.status.is_none_or(|status| task.status() == status)
        && query.kind.as_ref().is_none_or(|kind| &task.kind == kind)
        && query.tag.as_ref().is_none_or(|tag| task.tags.contains(tag))
        && query.since.is_none_or(|since| task.request_id >= since)
        && query.before.is_none_or(|before| task.request_id < before)
}

fn without_bulk(mut task: Task) -> Task {
    task.input = Value::Null;
    task.updates.clear();
    if let State::Completed {
        result: TaskResult::Inline { value },
    } = &mut task.state
    {
        *value = Value::Null;
    }
    task
}
