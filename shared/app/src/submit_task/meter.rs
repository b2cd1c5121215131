//! How many tasks a tenant may submit.

use std::sync::Arc;

use domain::TenantId;
use domain::ports::{PortError, RateLimit};
use domain::rate::{Granted, Rate};
use time::Duration;

use super::{SubmitTask, SubmitTaskError};

/// A limit to how many tasks a tenant submits.
#[derive(Clone)]
pub struct Metering {
    /// Counts them.
    pub limit: Arc<dyn RateLimit>,
    /// How many there may be.
    pub rate: Rate,
}

impl SubmitTask {
    /// Takes as many submissions as the tenant has left of those that it wants; all of them where
    /// there is no limit.
    ///
    /// A repetition of an earlier submission counts like any other, because nobody knows that it
    /// is one before its key has been looked up.
    pub(crate) async fn meter(&self, tenant: &TenantId, wanted: u32) -> Result<Granted, PortError> {
        let Some(Metering { limit, rate }) = &self.metering else {
            return Ok(Granted {
                count: wanted,
                next_in: Duration::ZERO,
            });
        };
        limit.take(tenant, wanted, self.clock.now(), *rate).await
    }

    pub(super) async fn meter_one(&self, tenant: &TenantId) -> Result<(), SubmitTaskError> {
        let granted = self.meter(tenant, 1).await;
        match granted.map_err(SubmitTaskError::NotStored)? {
            Granted { count: 0, next_in } => Err(SubmitTaskError::RateLimited {
                retry_after: next_in,
            }),
            _ => Ok(()),
        }
    }
}
