//! Where events and the figures made of them are kept.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::PortError;
use crate::aggregate::{AggregateQuery, AggregateRow};
use crate::event::Event;
use crate::ids::TenantId;

/// What became of a batch of events.
#[derive(Debug, Clone, PartialEq)]
pub struct Appended {
    /// How many were new.
    pub accepted: usize,
    /// The stored form of every event of the batch whose id was known before. Where the batch
    /// differs from what is stored, the stored form is the truth.
    pub duplicates: Vec<Event>,
    /// The events that were new.
    pub fresh: Vec<Event>,
}

/// Keeps events, each once. This is the source of truth; everything else is derived from it.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Stores the events whose ids are new to the tenant. Ids repeated inside the batch count as
    /// duplicates of the first.
    async fn append(&self, tenant: &TenantId, events: &[Event]) -> Result<Appended, PortError>;
}

/// Answers how fast a tenant's services are.
#[async_trait]
pub trait ResponseTimes: Send + Sync {
    /// Mean response time in milliseconds of the requests at or after `from`; none without any.
    async fn mean(
        &self,
        tenant: &TenantId,
        from: Option<OffsetDateTime>,
    ) -> Result<Option<f64>, PortError>;
}

/// Aggregates a tenant's requests inside the database.
#[async_trait]
pub trait Aggregation: Send + Sync {
    /// The rows, in descending order of count, then ascending by the groups.
    async fn aggregate(
        &self,
        tenant: &TenantId,
        query: &AggregateQuery,
    ) -> Result<Vec<AggregateRow>, PortError>;
}

/// Who and how many are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityCounts {
    /// Distinct users.
    pub user_count: u64,
    /// Sessions started, not ended, and not idle for too long.
    pub active_sessions: u64,
}

/// Keeps users and sessions, derived from events.
#[async_trait]
pub trait ActivityStore: Send + Sync {
    /// Takes in what the events say of users and sessions. Taking the same events in again, or
    /// in another order, changes nothing.
    async fn record(&self, tenant: &TenantId, events: &[Event]) -> Result<(), PortError>;

    /// The counts as of `now`: a session is active if it has started and not ended, and started
    /// within [`SESSION_IDLE`](crate::dashboard::SESSION_IDLE) of the tenant's newest event or of
    /// `now`, whichever is earlier.
    async fn counts(
        &self,
        tenant: &TenantId,
        now: OffsetDateTime,
    ) -> Result<ActivityCounts, PortError>;
}

/// Tells whether a server answers.
#[async_trait]
pub trait Health: Send + Sync {
    /// The server's name, for people: `postgres`, `mongodb`.
    fn name(&self) -> &'static str;

    /// Asks the server something trivial.
    async fn ping(&self) -> Result<(), PortError>;
}
