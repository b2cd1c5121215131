//! What has been left behind and nobody else will look at.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::PortError;
use crate::Trace;
use crate::ids::{ConnectionId, RequestId, TenantId};
use crate::task::{Phase, Priority};

/// A processing task whose next change is overdue. It may have changed since it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckTask {
    /// Whose task.
    pub tenant: TenantId,
    /// The task.
    pub request_id: RequestId,
    /// Queued, or held by a lease that has ended.
    pub phase: Phase,
    /// Which tasks go first.
    pub priority: Priority,
    /// Not to be run before this moment.
    pub run_at: Option<OffsetDateTime>,
    /// When it was submitted.
    pub created_at: OffsetDateTime,
    /// The trace of the call that submitted it.
    pub trace: Option<Trace>,
    /// Since when it is overdue, in whole minutes.
    pub attention_at: OffsetDateTime,
}

/// Finds stuck tasks of all tenants.
#[async_trait]
pub trait StuckTasks: Send + Sync {
    /// At most `limit` tasks whose [`attention_at`](crate::Task::attention_at), or the moment they
    /// were deferred to since, is `now` or earlier; the longest overdue first.
    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<StuckTask>, PortError>;

    /// Leaves the task out until this moment, or until it changes, without a new version;
    /// [`PortError::Conflict`] if it has changed or was deferred since it was found.
    async fn defer(&self, task: &StuckTask, until: OffsetDateTime) -> Result<(), PortError>;

    /// Leaves a queued task out until this moment, or until it changes, whatever was said before;
    /// [`PortError::Conflict`] if it is not queued.
    async fn postpone(
        &self,
        tenant: &TenantId,
        id: RequestId,
        until: OffsetDateTime,
    ) -> Result<(), PortError>;
}

/// Finds connections that have outlived their longest life, of all tenants.
#[async_trait]
pub trait StaleConnections: Send + Sync {
    /// At most `limit` connections that are still stored at or after the end of their longest
    /// life; the longest ended first.
    async fn stale(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, PortError>;
}

/// What has expired, by the name that its store knows it by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpiredItem(pub String);

/// Finds and removes what has expired, of all tenants. Nobody accepts it any more; it only takes
/// room until the store's own expiry comes to it.
#[async_trait]
pub trait Expiring: Send + Sync {
    /// At most `limit` items that are still stored at or after their end; the longest expired
    /// first.
    async fn expired(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ExpiredItem>, PortError>;

    /// Removes an item if it is still there and still expired; says whether it did.
    async fn discard(&self, item: &ExpiredItem, now: OffsetDateTime) -> Result<bool, PortError>;
}
