//! Submission rates in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::TenantId;
use domain::ports::{PortError, RateLimit};
use domain::rate::{Granted, Rate};
use time::OffsetDateTime;

use super::{Faults, Kept};

/// Counts submissions. The call is named `rates.take`.
#[derive(Debug, Default)]
pub struct MemoryRates {
    meters: Kept<HashMap<TenantId, OffsetDateTime>>,
    faults: Faults,
}

impl MemoryRates {
    /// Nothing counted yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }
}

#[async_trait]
impl RateLimit for MemoryRates {
    async fn take(
        &self,
        tenant: &TenantId,
        wanted: u32,
        now: OffsetDateTime,
        rate: Rate,
    ) -> Result<Granted, PortError> {
        let take = || {
            let mut meters = self.meters.lock();
            let (granted, meter) = rate.take(meters.get(tenant).copied(), now, wanted);
            meters.insert(tenant.clone(), meter);
            Ok(granted)
        };
        self.faults.around("rates.take", take).await
    }
}
