//! Figures over time.

use async_trait::async_trait;

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
