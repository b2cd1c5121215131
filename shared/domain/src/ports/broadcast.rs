//! Everybody who is connected, and the way to them.

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};

use super::{Page, PortError};
use crate::broadcast::{Part, Shard};
use crate::ids::{ConnectionId, TenantId};

/// Whom to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceQuery {
    /// The shard.
    pub shard: Shard,
    /// Only connections of this tenant.
    pub tenant: Option<TenantId>,
    /// Only connections after this one: where the page before ended.
    pub after: Option<ConnectionId>,
    /// At most this many.
    pub limit: usize,
    /// Only connections younger than their longest life by now.
    pub now: OffsetDateTime,
}

/// One page of connections. It may be empty and yet not be the last.
pub type AudiencePage = Page<ConnectionId, ConnectionId>;

/// Lists the open connections, one shard at a time.
#[async_trait]
pub trait Audience: Send + Sync {
    /// The connections that match. Following the pages gives every connection that was stored
    /// before the first of them and is not removed meanwhile, each once.
    async fn page(&self, query: &AudienceQuery) -> Result<AudiencePage, PortError>;
}

/// Takes the parts of broadcasts to the pusher. At least once, in any order.
#[async_trait]
pub trait BroadcastQueue: Send + Sync {
    /// Asks for each of the parts to be pushed, after a delay of at most 15 minutes, with one
    /// outcome for each, in their order.
    async fn send_all(&self, parts: &[Part], delay: Duration) -> Vec<Result<(), PortError>>;
}
