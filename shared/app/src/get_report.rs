//! Shows one report.

use std::sync::Arc;

use domain::ports::{Clock, PortError, ReportStore, ResultLink, ResultStore};
use domain::{Report, RequestId, TaskResult, TenantId};

use crate::LINK_LIFETIME;

/// Shows one report of a tenant.
#[derive(Clone)]
pub struct GetReport {
    /// Where reports are.
    pub reports: Arc<dyn ReportStore>,
    /// Where large results are.
    pub results: Arc<dyn ResultStore>,
    /// What a link's lifetime counts from.
    pub clock: Arc<dyn Clock>,
}

/// A report as its tenant sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportView {
    /// The report.
    pub report: Report,
    /// The way to its result, where that is stored apart.
    pub link: Option<ResultLink>,
}

/// Why the report cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum GetReportError {
    /// The tenant has no such report. Another tenant's looks the same as none.
    #[error("there is no report {0}")]
    NotFound(RequestId),
    /// A store did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl GetReport {
    /// The report, and a fresh link where its result is stored apart.
    pub async fn run(
        &self,
        tenant: &TenantId,
        id: RequestId,
    ) -> Result<ReportView, GetReportError> {
        let report = self.reports.find(tenant, id).await?;
        let report = report.ok_or(GetReportError::NotFound(id))?;
        let link = match &report.result {
            TaskResult::Stored { key, .. } => {
                let now = self.clock.now();
                Some(self.results.link(key, now, LINK_LIFETIME).await?)
            }
            TaskResult::Inline { .. } => None,
        };
        Ok(ReportView { report, link })
    }
}
