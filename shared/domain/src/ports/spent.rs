//! What tasks of all tenants have used, for whoever looks at what the system costs.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Page, PortError};
use crate::Usage;
use crate::ids::{RequestId, TenantId};

/// What one task has used, or a part of it that became known later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// Whose task.
    pub tenant: TenantId,
    /// The task.
    pub request_id: RequestId,
    /// Its kind and when it changed last; none for a part that became known later.
    pub task: Option<(String, OffsetDateTime)>,
    /// What was used.
    pub usage: Usage,
}

/// One page; the cursor is the store's own.
pub type SpentPage = Page<Spent, String>;

/// Lists what was used, of all tenants, in no order. Each task is there once and each task's later
/// part once.
#[async_trait]
pub trait SpentTasks: Send + Sync {
    /// The page that begins at this cursor; the first without one.
    async fn page(&self, after: Option<&str>) -> Result<SpentPage, PortError>;
}
