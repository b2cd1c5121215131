//! Figures over time, computed from events in memory.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::TenantId;
use domain::event::{Request, What};
use domain::ports::{SeriesError, TimeSeries};
use domain::series::{Figures, SeriesQuery, SeriesRow};

use super::MemoryEvents;

/// The call is named `events.series`.
#[async_trait]
impl TimeSeries for MemoryEvents {
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
    ) -> Result<Vec<SeriesRow>, SeriesError> {
        let rows = || Ok(self.series(tenant, query));
        let rows = self.faults().around("events.series", rows).await?;
        if rows.len() > query.most_rows {
            let most = query.most_rows;
            return Err(SeriesError::TooManyRows { most });
        }
        Ok(rows)
    }
}

impl MemoryEvents {
    fn series(&self, tenant: &TenantId, query: &SeriesQuery) -> Vec<SeriesRow> {
        let starts: Vec<_> = query.span.starts().collect();
        let mut groups: BTreeMap<_, Vec<Request>> = BTreeMap::new();
        for event in self.all(tenant) {
            let place = starts.partition_point(|start| *start <= event.at);
            if let (1.., What::Request(request)) = (place, event.what)
                && event.at < query.span.to()
            {
                let service = query.by_service.then(|| request.service.clone());
                let group = (starts[place - 1], service);
                groups.entry(group).or_default().push(request);
            }
        }
        let rows = groups.into_iter();
        rows.map(|((start, service), requests)| SeriesRow {
            start,
            service,
            figures: figures(&requests),
        })
        .collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a test has few events")]
fn figures(requests: &[Request]) -> Figures {
    let mut times: Vec<_> = requests.iter().map(|one| one.response_time_ms).collect();
    times.sort_by(f64::total_cmp);
    let users: BTreeSet<_> = requests
        .iter()
        .filter_map(|one| one.user.as_ref())
        .collect();
    let errors = requests.iter().filter(|one| one.status >= 500);
    let at = |percent: usize| times[(percent * times.len()).div_ceil(100) - 1];
    Figures {
        count: times.len() as u64,
        errors: errors.count() as u64,
        unique_users: users.len() as u64,
        mean: times.iter().sum::<f64>() / times.len() as f64,
        p50: at(50),
        p95: at(95),
        p99: at(99),
    }
}
