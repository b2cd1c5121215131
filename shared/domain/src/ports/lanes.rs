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
    /// Who has a place is no longer counted among the delayed.
    async fn enter(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        limit: u32,
        now: OffsetDateTime,
    ) -> Result<Vec<Entered>, PortError>;

    /// Takes the places of these tasks away, also those among the delayed. Doing it twice is fine.
    async fn leave(&self, tenant: &TenantId, ids: &[RequestId]) -> Result<(), PortError>;

    /// Who has a place or is counted among the delayed, as of now.
    async fn members(&self, tenant: &TenantId) -> Result<BTreeSet<RequestId>, PortError>;
}

/// Counts the messages of each tenant that the queues hold back until their tasks may run.
#[async_trait]
pub trait DelayedMessages: Send + Sync {
    /// Counts these tasks among the delayed, in their order, while fewer than `limit` are; gives one
    /// outcome for each. They count until they enter or leave the lane, which is looked at like one
    /// that has members.
    async fn reserve(
        &self,
        tenant: &TenantId,
        ids: &[RequestId],
        limit: u32,
        now: OffsetDateTime,
    ) -> Result<Vec<Entered>, PortError>;

    /// Has the lane be looked at from `now` on, and not be closed by somebody who found it before:
    /// tasks that are not due wait in its room.
    async fn hold(&self, tenant: &TenantId, now: OffsetDateTime) -> Result<(), PortError>;
}

/// Tasks that wait for a place, or for their time.
#[async_trait]
pub trait WaitingRoom: Send + Sync {
    /// Has the tasks wait. Who waits already goes on waiting.
    async fn wait(&self, jobs: &[Job]) -> Result<(), PortError>;

    /// At most `count` of those that wait, in the order of [`crate::lanes::rank`], as of now; with
    /// `due_by` only those that may run at that moment.
    async fn first(
        &self,
        tenant: &TenantId,
        due_by: Option<OffsetDateTime>,
        count: usize,
    ) -> Result<Vec<Job>, PortError>;

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

    /// Forgets a lane without members or delayed messages until somebody enters it;
    /// [`PortError::Conflict`] if it has some, or is to be looked at at another moment than this.
    async fn close(&self, lane: &DueLane) -> Result<(), PortError>;
}
