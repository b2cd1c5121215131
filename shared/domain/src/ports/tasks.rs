//! Where tasks and their results are kept.

use async_trait::async_trait;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::PortError;
use crate::Usage;
use crate::ids::{LeaseToken, RequestId, TenantId};
use crate::task::{Status, Task};

/// Keeps tasks, one writer at a time.
#[async_trait]
pub trait TaskStore: Send + Sync {
    /// Stores a new task; [`PortError::Conflict`] if its id is taken.
    async fn create(&self, task: &Task) -> Result<(), PortError>;

    /// The task as it is now, if the tenant has it.
    async fn load(&self, tenant: &TenantId, id: RequestId) -> Result<Option<Task>, PortError>;

    /// Stores a changed task; [`PortError::Conflict`] if the stored version is no longer
    /// `from_version`.
    async fn replace(&self, task: &Task, from_version: u64) -> Result<(), PortError>;

    /// Moves a running task's lease without a new version, and writes down what the task has used by
    /// now; [`PortError::Conflict`] if the lease is no longer the caller's.
    async fn renew(
        &self,
        tenant: &TenantId,
        id: RequestId,
        token: LeaseToken,
        until: OffsetDateTime,
        usage: &Usage,
    ) -> Result<(), PortError>;
}

/// Takes what a task used that became known only after its last write, such as the messages that
/// tell of its end. It adds up beside the task, and is kept for as long.
#[async_trait]
pub trait LateUsage: Send + Sync {
    /// Adds this. Where it fails nobody may try again: it may have been added all the same.
    async fn add(&self, tenant: &TenantId, id: RequestId, usage: Usage) -> Result<(), PortError>;

    /// All that was added for the task; nothing where nothing was. May be a moment old.
    async fn total(&self, tenant: &TenantId, id: RequestId) -> Result<Usage, PortError>;
}

/// Tells cheaply whether a running task is still its worker's.
#[async_trait]
pub trait TaskWatch: Send + Sync {
    /// Who holds the task now; nobody where it waits, has ended, or is not there.
    async fn holder(
        &self,
        tenant: &TenantId,
        id: RequestId,
    ) -> Result<Option<LeaseToken>, PortError>;
}

/// Which tasks to list. Newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskQuery {
    /// Whose.
    pub tenant: TenantId,
    /// Only this status.
    pub status: Option<Status>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only this task and newer ones; there may be none of that name.
    pub since: Option<RequestId>,
    /// Only tasks older than this one: the last of the page before, or where a range ends.
    pub before: Option<RequestId>,
    /// At most this many.
    pub limit: usize,
}

/// One page of something.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T, C> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; none at the end.
    pub next: Option<C>,
}

/// One page of tasks. Listed tasks carry no input, updates or inline results: input and inline
/// result are null, updates empty. A page may be empty and yet not be the last.
pub type TaskPage = Page<Task, RequestId>;

/// Lists tasks.
#[async_trait]
pub trait TaskIndex: Send + Sync {
    /// The tasks that match, newest first.
    async fn list(&self, query: &TaskQuery) -> Result<TaskPage, PortError>;
}

/// A link that lets its holder fetch one result for a short time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultLink {
    /// The address. Whoever has it can read the result: never log it.
    pub url: String,
    /// When it stops working.
    pub expires_at: OffsetDateTime,
}

/// Keeps results that are too large to travel inline.
#[async_trait]
pub trait ResultStore: Send + Sync {
    /// Stores a result under a key of the store's choosing, which starts with the tenant, and
    /// gives the key. Storing again for the same task and attempt replaces it.
    async fn put(
        &self,
        tenant: &TenantId,
        id: RequestId,
        attempt: u32,
        result: &Value,
    ) -> Result<String, PortError>;

    /// A stored result; none where there is none of that key.
    async fn get(&self, key: &str) -> Result<Option<Value>, PortError>;

    /// A link to a stored result, or to a file that a task has made, by its key. A browser saves
    /// it under its own name.
    async fn link(
        &self,
        key: &str,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Result<ResultLink, PortError>;
}
