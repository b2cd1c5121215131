//! Takes in a batch of events.

use std::sync::Arc;

use domain::TenantId;
use domain::event::{Event, MOST_IN_BATCH};
use domain::ports::{ActivityStore, Clock, EventLog, PortError};
use serde_json::Value;

/// Takes in a batch of events; the same batch taken in twice changes nothing.
#[derive(Clone)]
pub struct IngestEvents {
    /// The truth about events.
    pub events: Arc<dyn EventLog>,
    /// Users and sessions, derived from events.
    pub activity: Arc<dyn ActivityStore>,
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
        let stored: Vec<Event> = [appended.fresh, appended.duplicates].concat();
        self.activity.record(tenant, &stored).await?;
        Ok((appended.accepted, known))
    }
}
