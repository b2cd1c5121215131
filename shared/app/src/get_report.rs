//! Shows one report.

use std::sync::Arc;

use domain::ports::{Clock, PortError, ReportStore, ResultLink, ResultStore};
use domain::{Report, RequestId, TenantId};

use crate::show_result::{Origin, show_result};

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
        let origin = Origin {
            tenant,
            request_id: id,
            kind: &report.head.kind,
        };
        let now = self.clock.now();
        let shown = show_result(self.results.as_ref(), now, origin, &report.result).await?;
        let (result, link) = (shown.result, shown.link);
        let report = Report { result, ..report };
        Ok(ReportView { report, link })
    }
}
