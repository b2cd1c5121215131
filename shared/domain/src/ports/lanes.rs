//! How many tasks of a tenant are on their way at once, and which wait for that.

use std::collections::BTreeSet;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Job, PortError};
use crate::ids::{RequestId, TenantId};

/// What became of a wish for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// The task has a place now.
    New,
    /// It had one before.
    Already,
    /// Others have all places.
    Full,
}

impl Entered {
    /// Whether the task has a place.
    pub fn has_place(self) -> bool {
        self != Self::Full
    }
}

/// The places of each tenant.
#[async_trait]
pub trait Lanes: Send + Sync {
    /// Gives places to these tasks, in their order, while fewer than `limit` are taken; gives one
    /// outcome for each. A lane that has members is looked at from [`crate::lanes::first_look`] on.
    async fn enter(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        limit: u32,
        now: OffsetDateTime,
    ) -> Result<Vec<Entered>, PortError>;

    /// Takes the places of these tasks away. Doing it twice is fine.
    async fn leave(&self, tenant: &TenantId, ids: &[RequestId]) -> Result<(), PortError>;

    /// Who has a place, as of now.
    async fn members(&self, tenant: &TenantId) -> Result<BTreeSet<RequestId>, PortError>;
}

/// Tasks that wait for a place.
#[async_trait]
pub trait WaitingRoom: Send + Sync {
    /// Has the tasks wait. Who waits already goes on waiting.
    async fn wait(&self, jobs: &[Job]) -> Result<(), PortError>;

    /// At most `count` of those that wait, in the order of [`crate::lanes::rank`], as of now.
    async fn first(&self, tenant: &TenantId, count: usize) -> Result<Vec<Job>, PortError>;

    /// Has them wait no more. Doing it twice is fine.
    async fn remove(&self, jobs: &[Job]) -> Result<(), PortError>;
}

/// A lane that somebody should look at. It may have changed since it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueLane {
    /// Whose.
    pub tenant: TenantId,
    /// Since when, in whole seconds.
    pub due_at: OffsetDateTime,
}

/// Finds the lanes that are in use, of all tenants.
#[async_trait]
pub trait LaneWatch: Send + Sync {
    /// At most `limit` lanes that are to be looked at by `now`; the longest overdue first.
    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<DueLane>, PortError>;

    /// Leaves the lane alone until this moment; [`PortError::Conflict`] if somebody else has
    /// deferred or closed it since it was found.
    async fn defer(&self, lane: &DueLane, until: OffsetDateTime) -> Result<(), PortError>;

    /// Forgets a lane without members until somebody enters it; [`PortError::Conflict`] if it has
    /// some.
    async fn close(&self, tenant: &TenantId) -> Result<(), PortError>;
}
