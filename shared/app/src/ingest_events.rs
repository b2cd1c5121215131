//! Takes in a batch of events.

use std::sync::Arc;

use domain::TenantId;
use domain::event::{Event, MOST_IN_BATCH};
use domain::ports::{ActivityStore, Clock, EventLog, PortError};
use serde_json::Value;

use crate::TailLogs;

/// Takes in a batch of events; the same batch taken in twice changes nothing.
#[derive(Clone)]
pub struct IngestEvents {
    /// The truth about events.
    pub events: Arc<dyn EventLog>,
    /// Users and sessions, derived from events.
    pub activity: Arc<dyn ActivityStore>,
    /// Tells those who listen of new log lines.
    pub tail: TailLogs,
    /// Tells which events lie in the future.
    pub clock: Arc<dyn Clock>,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestOutcome {
    /// How many events were new and are stored.
    pub accepted: usize,
    /// How many were known already.
    pub duplicates: usize,
    /// The items that were refused, in order.
    pub errors: Vec<RefusedItem>,
}

/// One refused item of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedItem {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

/// Why a batch as a whole was not taken in. Sending it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// More items than one batch may hold; nothing was stored.
    #[error("a batch holds at most {MOST_IN_BATCH} events, not {given}")]
    TooMany {
        /// How many there were.
        given: usize,
    },
    /// A store did not do its part.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl IngestEvents {
    /// Checks every item, keeps the valid ones and reports the others.
    pub async fn run(
        &self,
        tenant: &TenantId,
        items: Vec<Value>,
    ) -> Result<IngestOutcome, IngestError> {
        if items.len() > MOST_IN_BATCH {
            return Err(IngestError::TooMany { given: items.len() });
        }
        let (events, errors) = self.parse(items);
        let (accepted, duplicates) = self.keep(tenant, &events).await?;
        Ok(IngestOutcome {
            accepted,
            duplicates,
            errors,
        })
    }

    fn parse(&self, items: Vec<Value>) -> (Vec<Event>, Vec<RefusedItem>) {
        let now = self.clock.now();
        let mut events = Vec::with_capacity(items.len());
        let mut errors = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            match Event::parse(item, now) {
                Ok(event) => events.push(event),
                Err(invalid) => errors.push(RefusedItem {
                    index,
                    code: invalid.code,
                    message: invalid.message,
                }),
            }
        }
        (events, errors)
    }

    /// Appends to the log first and derives from it second. A crash in between leaves events
    /// without their users and sessions; sending the batch again finds them as duplicates and
    /// derives again from what is stored. So duplicates are recorded too, in their stored form:
    /// the log is the truth, also about an event that was sent again with other fields.
    async fn keep(&self, tenant: &TenantId, events: &[Event]) -> Result<(usize, usize), PortError> {
        if events.is_empty() {
            return Ok((0, 0));
        }
        let appended = self.events.append(tenant, events).await?;
        let known = appended.duplicates.len();
        let fresh = appended.fresh.len();
        let stored: Vec<Event> = [appended.fresh, appended.duplicates].concat();
        let recorded = self.activity.record(tenant, &stored);
        let (recorded, ()) = tokio::join!(recorded, self.tail.run(tenant, &stored[..fresh]));
        recorded?;
        Ok((appended.accepted, known))
    }
}

#[cfg(test)]
mod tests {
    use domain::ports::ActivityCounts;
    use serde_json::json;
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{
        Fault, Faults, MemoryActivity, MemoryConnections, MemoryEvents, MemoryPostings,
    };

    use super::*;

    fn scene() -> (IngestEvents, Faults) {
        let faults = Faults::default();
        let ingest = IngestEvents {
            events: Arc::new(MemoryEvents::new(&faults)),
            activity: Arc::new(MemoryActivity::new(&faults)),
            tail: TailLogs::new(
                Arc::new(MemoryConnections::new(&faults)),
                Arc::new(MemoryPostings::new(&faults)),
                Arc::new(FixedClock::at(NOW)),
            ),
            clock: Arc::new(FixedClock::at(NOW)),
        };
        (ingest, faults)
    }

    fn seen(id: &str, user: &str) -> Value {
        json!({"id": id, "type": "user", "at": "2026-03-01T11:59:00Z", "user": user})
    }

    async fn users(ingest: &IngestEvents, tenant: &TenantId) -> u64 {
        let counts = ingest.activity.counts(tenant, NOW).await;
        let ActivityCounts { user_count, .. } = counts.unwrap();
        user_count
    }

    #[tokio::test]
    async fn valid_items_are_kept_and_others_reported_in_place() {
        let (ingest, _) = scene();
        let tenant = build::tenant();
        let late = json!({"id": "3", "type": "user", "at": "2027-01-01T00:00:00Z", "user": "u"});
        let items = vec![
            json!(7),
            seen("1", "ann"),
            late,
            seen("1", "ann"),
            seen("2", "bob"),
        ];
        let outcome = ingest.run(&tenant, items).await.unwrap();
        assert_eq!((outcome.accepted, outcome.duplicates), (2, 1));
        let errors = outcome.errors.iter().map(|error| (error.index, error.code));
        assert_eq!(
            errors.collect::<Vec<_>>(),
            [(0, "not_an_object"), (2, "in_the_future")]
        );
        assert_eq!(users(&ingest, &tenant).await, 2);
    }

    #[tokio::test]
    async fn too_many_items_are_refused_whole() {
        let (ingest, faults) = scene();
        let items = vec![seen("1", "ann"); MOST_IN_BATCH + 1];
        let error = ingest.run(&build::tenant(), items).await.unwrap_err();
        assert!(matches!(error, IngestError::TooMany { given: 1_001 }));
        assert!(faults.calls().is_empty());
    }

    #[tokio::test]
    async fn a_batch_without_valid_items_asks_no_store() {
        let (ingest, faults) = scene();
        for items in [vec![], vec![json!({})]] {
            let outcome = ingest.run(&build::tenant(), items).await.unwrap();
            assert_eq!(outcome.accepted, 0);
        }
        assert!(faults.calls().is_empty());
    }

    /// Whichever step a crash comes at, sending the batch again leaves nothing missing.
    #[tokio::test]
    async fn sending_again_heals_a_crash_between_the_stores() {
        for call in ["events.append", "activity.record"] {
            for fault in [Fault::Unavailable, Fault::LostAnswer] {
                let (ingest, faults) = scene();
                let tenant = build::tenant();
                let items = vec![seen("1", "ann"), seen("2", "bob")];
                faults.on(call, 1, fault);
                ingest.run(&tenant, items.clone()).await.unwrap_err();
                ingest.run(&tenant, items).await.unwrap();
                assert_eq!(users(&ingest, &tenant).await, 2, "{fault:?} at {call}");
            }
        }
    }

    #[tokio::test]
    async fn users_follow_what_is_stored() {
        let (ingest, _) = scene();
        let tenant = build::tenant();
        ingest.run(&tenant, vec![seen("1", "ann")]).await.unwrap();
        ingest.run(&tenant, vec![seen("1", "eve")]).await.unwrap();
        assert_eq!(users(&ingest, &tenant).await, 1);
    }
}
