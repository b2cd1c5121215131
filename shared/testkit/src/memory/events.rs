//! Events in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::event::What;
use domain::export::{Row, RowQuery, Source, of_event};
use domain::logs::{LogPlace, LogQuery};
use domain::ports::{
    Appended, EventLog, LogPage, LogSearch, PortError, ResponseTimes, RowSource, RowStream,
};
use domain::{Event, TenantId};
use time::OffsetDateTime;

use super::rows::{GivenRows, not_kept_here};
use super::{Faults, Kept};

/// Keeps events, answers how fast services are and what they wrote, and gives events as rows. Calls
/// are named `events.append`, `.mean`, `.lines`, `.rows`, `.count`, `.next`.
#[derive(Debug, Default)]
pub struct MemoryEvents {
    events: Kept<HashMap<TenantId, HashMap<String, Event>>>,
    /// Hours of requests that nobody has rolled up since, the longest touched first.
    pub(super) touched: Kept<Vec<(TenantId, OffsetDateTime)>>,
    faults: Faults,
}

impl MemoryEvents {
    /// No events yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Every event of a tenant.
    pub(super) fn all(&self, tenant: &TenantId) -> Vec<Event> {
        let all = self.events.lock();
        let events = all.get(tenant).into_iter().flat_map(HashMap::values);
        events.cloned().collect()
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.faults
    }
}

#[async_trait]
impl EventLog for MemoryEvents {
    async fn append(&self, tenant: &TenantId, events: &[Event]) -> Result<Appended, PortError> {
        let append = || {
            self.touch(tenant, events);
            let mut all = self.events.lock();
            let stored = all.entry(tenant.clone()).or_default();
            let (mut fresh, mut duplicates) = (vec![], vec![]);
            for event in events {
                if let Some(known) = stored.get(&event.id) {
                    duplicates.push(known.clone());
                } else {
                    stored.insert(event.id.clone(), event.clone());
                    fresh.push(event.clone());
                }
            }
            Ok(Appended {
                accepted: fresh.len(),
                duplicates,
                fresh,
            })
        };
        self.faults.around("events.append", append).await
    }
}

#[async_trait]
impl ResponseTimes for MemoryEvents {
    async fn mean(
        &self,
        tenant: &TenantId,
        from: Option<OffsetDateTime>,
    ) -> Result<Option<f64>, PortError> {
        let mean = || {
            let all = self.events.lock();
            let events = all.get(tenant).into_iter().flat_map(HashMap::values);
            let inside = events.filter(|event| from.is_none_or(|from| event.at >= from));
            let (mut sum, mut count) = (0.0, 0.0);
            for event in inside {
                if let What::Request(request) = &event.what {
                    sum += request.response_time_ms;
                    count += 1.0;
                }
            }
            Ok((count > 0.0).then(|| sum / count))
        };
        self.faults.around("events.mean", mean).await
    }
}

#[async_trait]
impl LogSearch for MemoryEvents {
    async fn lines(&self, tenant: &TenantId, query: &LogQuery) -> Result<LogPage, PortError> {
        let lines = || {
            let all = self.events.lock();
            let events = all.get(tenant).into_iter().flat_map(HashMap::values);
            let mut items: Vec<_> = events
                .filter(|event| query.is_met_by(event))
                .filter(|event| {
                    let place = LogPlace::behind(event);
                    query.after.as_ref().is_none_or(|after| place < *after)
                })
                .cloned()
                .collect();
            items.sort_by_key(|event| std::cmp::Reverse(LogPlace::behind(event)));
            let more = items.len() > query.limit;
            items.truncate(query.limit);
            let next = items.last().filter(|_| more).map(LogPlace::behind);
            Ok(LogPage { items, next })
        };
        self.faults.around("events.lines", lines).await
    }
}

impl MemoryEvents {
    fn rows(&self, tenant: &TenantId, query: &RowQuery) -> Result<Vec<Row>, PortError> {
        let all = self.events.lock();
        let events = all.get(tenant).into_iter().flat_map(HashMap::values);
        let asked = |event: &&Event| match query.source {
            Source::Logs => matches!(event.what, What::Log(_)),
            _ => true,
        };
        if !matches!(query.source, Source::Events | Source::Logs) {
            return Err(not_kept_here());
        }
        let events = events.filter(|event| query.covers(Some(event.at)));
        let mut events: Vec<_> = events.filter(asked).collect();
        events.sort_by_key(|event| event.at);
        let rows = events.iter().map(|event| of_event(event, &query.columns));
        Ok(rows.collect())
    }
}

#[async_trait]
impl RowSource for MemoryEvents {
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &RowQuery,
    ) -> Result<Box<dyn RowStream>, PortError> {
        let rows = || {
            let rows = GivenRows::new(self.rows(tenant, query)?, "events.next", &self.faults);
            Ok(Box::new(rows) as Box<dyn RowStream>)
        };
        self.faults.around("events.rows", rows).await
    }

    async fn count(&self, tenant: &TenantId, query: &RowQuery) -> Result<Option<u64>, PortError> {
        let count = || Ok(Some(self.rows(tenant, query)?.len() as u64));
        self.faults.around("events.count", count).await
    }
}
