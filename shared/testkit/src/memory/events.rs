//! Events in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::event::What;
use domain::logs::{LogPlace, LogQuery};
use domain::ports::{Appended, EventLog, LogPage, LogSearch, PortError, ResponseTimes};
use domain::{Event, TenantId};
use time::OffsetDateTime;

use super::{Faults, Kept};

/// Keeps events and answers how fast services are and what they wrote. Calls are named
/// `events.append`, `.mean`, `.lines`.
#[derive(Debug, Default)]
pub struct MemoryEvents {
    events: Kept<HashMap<TenantId, HashMap<String, Event>>>,
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
