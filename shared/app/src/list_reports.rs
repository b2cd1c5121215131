//! Lists a tenant's reports.

use std::sync::Arc;

use domain::TenantId;
use domain::ports::{PortError, ReportPage, ReportStore};
use domain::report::ReportQuery;

/// Reports in a page where the caller does not say.
pub const USUAL_PAGE: usize = 20;

/// Most reports in a page: with the largest inputs they are half of what a function may answer.
pub const LARGEST_PAGE: usize = 100;

/// Lists a tenant's reports, newest first.
#[derive(Clone)]
pub struct ListReports {
    /// Where they are.
    pub reports: Arc<dyn ReportStore>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum ListReportsError {
    /// The page is empty or too large.
    #[error("must be 1 to {LARGEST_PAGE}, not {given}")]
    Limit {
        /// What was asked for.
        given: usize,
    },
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl ListReports {
    /// One page.
    pub async fn run(
        &self,
        tenant: &TenantId,
        query: &ReportQuery,
    ) -> Result<ReportPage, ListReportsError> {
        let given = query.limit;
        if !(1..=LARGEST_PAGE).contains(&given) {
            return Err(ListReportsError::Limit { given });
        }
        Ok(self.reports.list(tenant, query).await?)
    }
}
