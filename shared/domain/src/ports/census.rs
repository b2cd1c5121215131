//! Who is connected, for whoever counts them.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Page, PortError};
use crate::broadcast::Shard;
use crate::ids::{ConnectionId, TenantId, UserId};

/// A connection that is stored, open or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Whose.
    pub tenant: TenantId,
    /// Who opened it; none where an earlier release registered it.
    pub user: Option<UserId>,
    /// When its longest life ends; what is stored after that is stale.
    pub expires_at: OffsetDateTime,
}

/// Lists what is stored of connections, of all tenants.
#[async_trait]
pub trait Census: Send + Sync {
    /// The page of a shard that begins after this connection; the first without one. Stale
    /// connections are listed too.
    async fn page(
        &self,
        shard: Shard,
        after: Option<&ConnectionId>,
    ) -> Result<Page<Present, ConnectionId>, PortError>;
}
