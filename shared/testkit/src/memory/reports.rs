//! Reports in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::ports::{PortError, ReportPage, ReportStore};
use domain::report::{ReportPlace, ReportQuery};
use domain::{Report, RequestId, TenantId};

use super::{Faults, Kept};

/// Keeps reports. Calls are named `reports.save`, `.list`, `.find`.
#[derive(Debug, Default)]
pub struct MemoryReports {
    reports: Kept<BTreeMap<(TenantId, RequestId), Report>>,
    faults: Faults,
}

impl MemoryReports {
    /// No reports yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Every report.
    pub fn all(&self) -> Vec<Report> {
        self.reports.lock().values().cloned().collect()
    }
}

#[async_trait]
impl ReportStore for MemoryReports {
    async fn save(&self, report: &Report) -> Result<(), PortError> {
        let save = || {
            let name = (report.head.tenant.clone(), report.head.request_id);
            let mut reports = self.reports.lock();
            reports.entry(name).or_insert_with(|| report.clone());
            Ok(())
        };
        self.faults.around("reports.save", save).await
    }

    async fn list(&self, tenant: &TenantId, query: &ReportQuery) -> Result<ReportPage, PortError> {
        let list = || {
            let reports = self.reports.lock();
            let heads = reports.values().map(|report| &report.head);
            let mut items: Vec<_> = heads
                .filter(|head| head.tenant == *tenant)
                .filter(|head| {
                    let place = ReportPlace::behind(head);
                    query.after.is_none_or(|after| place > after)
                })
                .cloned()
                .collect();
            items.sort_by_key(ReportPlace::behind);
            let more = items.len() > query.limit;
            items.truncate(query.limit);
            let next = items.last().filter(|_| more).map(ReportPlace::behind);
            Ok(ReportPage { items, next })
        };
        self.faults.around("reports.list", list).await
    }

    async fn find(&self, tenant: &TenantId, id: RequestId) -> Result<Option<Report>, PortError> {
        let find = || {
            let reports = self.reports.lock();
            Ok(reports.get(&(tenant.clone(), id)).cloned())
        };
        self.faults.around("reports.find", find).await
    }
}
