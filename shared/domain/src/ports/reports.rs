//! Where reports are kept.

use async_trait::async_trait;

use super::{Page, PortError};
use crate::ids::{RequestId, TenantId};
use crate::report::{Report, ReportHead, ReportPlace, ReportQuery};

/// One page of reports.
pub type ReportPage = Page<ReportHead, ReportPlace>;

/// Keeps reports, each once.
#[async_trait]
pub trait ReportStore: Send + Sync {
    /// Stores a report. One that is there stays as it is.
    async fn save(&self, report: &Report) -> Result<(), PortError>;

    /// The tenant's reports, newest first.
    async fn list(&self, tenant: &TenantId, query: &ReportQuery) -> Result<ReportPage, PortError>;

    /// The report of that name, if the tenant has it.
    async fn find(&self, tenant: &TenantId, id: RequestId) -> Result<Option<Report>, PortError>;
}
