//! What keeps one tenant's load from the others.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::PortError;
use crate::ids::TenantId;
use crate::rate::{Granted, Rate};

/// Counts the submissions of tenants.
#[async_trait]
pub trait RateLimit: Send + Sync {
    /// Takes as many of the wanted submissions as [`Rate::take`] grants, to the microsecond,
    /// however many are asked for at the same time.
    async fn take(
        &self,
        tenant: &TenantId,
        wanted: u32,
        now: OffsetDateTime,
        rate: Rate,
    ) -> Result<Granted, PortError>;
}
