//! Where log lines are looked up.

use async_trait::async_trait;

use super::{Page, PortError};
use crate::Event;
use crate::ids::TenantId;
use crate::logs::{LogPlace, LogQuery};

/// Most lines that one page looks at. A page that has found less than its limit by then ends there
/// and says where to go on, so that no question takes longer because its answer is rare.
pub const LOOKED_AT: usize = 5_000;

/// One page of lines. It may be empty and yet not be the last.
pub type LogPage = Page<Event, LogPlace>;

/// Lists a tenant's log lines and requests.
#[async_trait]
pub trait LogSearch: Send + Sync {
    /// The lines that match. Following the pages gives every line that was stored before the first
    /// of them, each once.
    async fn lines(&self, tenant: &TenantId, query: &LogQuery) -> Result<LogPage, PortError>;
}
