//! Figures over time.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::PortError;
use crate::ids::TenantId;
use crate::series::{SeriesQuery, SeriesRow};

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// There are more rows than the query takes.
    #[error("there are more than {most} rows")]
    TooManyRows {
        /// How many it takes.
        most: usize,
    },
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Gives a tenant's figures bucket by bucket. Whatever it keeps to be fast, an answer counts every
/// event whose storing had been confirmed when it was asked, however old the event's time is.
#[async_trait]
pub trait TimeSeries: Send + Sync {
    /// A row for each bucket of the span that has requests, or for each service in it; in no
    /// particular order.
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
    ) -> Result<Vec<SeriesRow>, SeriesError>;
}

/// Hours of one tenant and day whose kept figures are out of date, or were never computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutdatedHours {
    /// Whose they are.
    pub tenant: TenantId,
    /// When their day starts, in UTC.
    pub day: OffsetDateTime,
    /// When each starts, at least one.
    pub hours: Vec<OffsetDateTime>,
}

/// Computes figures before anybody asks for them. What is not computed yet is only slower to give:
/// [`TimeSeries`] is right without.
#[async_trait]
pub trait RollUps: Send + Sync {
    /// At most so many hours of all tenants, the longest outdated first. Hours that are not over,
    /// or that an append may still be going on in, are left out.
    async fn outdated(&self, most_hours: usize) -> Result<Vec<OutdatedHours>, PortError>;

    /// Computes and keeps the figures of these hours, and of their day once that is over. They are
    /// outdated no more, save those that were touched again since they were found.
    async fn roll_up(&self, outdated: &OutdatedHours) -> Result<(), PortError>;

    /// Puts them behind all others, where rolling them up has failed or took too long.
    async fn postpone(&self, outdated: &OutdatedHours) -> Result<(), PortError>;
}
