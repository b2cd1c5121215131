//! Appends events, each once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use bson::{Document, doc};
use domain::ports::{Appended, EventLog, PortError};
use domain::{Event, TenantId};
use futures::TryStreamExt;
use mongodb::error::{ErrorKind, InsertManyError};
use tokio::time::timeout;

use super::Events;
use super::document::{key, read, write};
use super::failure::Failure;
use super::moment::Moment;

/// The server's code for a key that is taken.
pub(super) const TAKEN: i32 = 11000;
/// How long a batch may take.
pub(super) const APPEND: Duration = Duration::from_secs(15);

#[async_trait]
impl EventLog for Events {
    async fn append(&self, tenant: &TenantId, events: &[Event]) -> Result<Appended, PortError> {
        let appended = timeout(APPEND, self.insert(tenant, events)).await;
        Ok(appended.map_err(|_| Failure::TooSlow(APPEND)).flatten()?)
    }
}

impl Events {
    async fn insert(&self, tenant: &TenantId, events: &[Event]) -> Result<Appended, Failure> {
        let mut ids = BTreeSet::new();
        let firsts: Vec<_> = events
            .iter()
            .filter(|event| ids.insert(&event.id))
            .collect();
        if firsts.is_empty() {
            return Ok(sort_out(events, &BTreeMap::new()));
        }
        self.touch(tenant, &firsts).await?;
        let received_at = Moment::from(self.clock.now()).date;
        let documents = firsts.iter().map(|event| write(tenant, event, received_at));
        let outcome = self.collection.insert_many(documents).ordered(false).await;
        let taken =
            outcome.map_or_else(|error| taken(*error.kind.clone(), error), |_| Ok(vec![]))?;
        let keys: Vec<_> = taken
            .into_iter()
            .filter_map(|index| firsts.get(index))
            .map(|event| key(tenant, &event.id))
            .collect();
        Ok(sort_out(events, &self.stored(keys).await?))
    }

    /// The stored events with these keys, by id.
    async fn stored(&self, keys: Vec<String>) -> Result<BTreeMap<String, Event>, Failure> {
        let expected = keys.len();
        if expected == 0 {
            return Ok(BTreeMap::new());
        }
        let found = self
            .collection
            .find(doc! { "_id": { "$in": keys } })
            .await?;
        let documents: Vec<Document> = found.try_collect().await?;
        let events: Result<BTreeMap<_, _>, _> = documents
            .iter()
            .map(|document| read(document).map(|event| (event.id.clone(), event)))
            .collect();
        // One could expire between the insert and the read. Then it is new after all.
        events.map_err(Failure::from).and_then(|events| {
            (events.len() == expected)
                .then_some(events)
                .ok_or(Failure::Gone)
        })
    }
}

/// Which of the inserted documents were known before, if that is all that went wrong.
pub(super) fn taken(kind: ErrorKind, error: mongodb::error::Error) -> Result<Vec<usize>, Failure> {
    let ErrorKind::InsertMany(InsertManyError {
        write_errors,
        write_concern_error,
        ..
    }) = kind
    else {
        return Err(error.into());
    };
    if let Some(concern) = write_concern_error {
        return Err(Failure::refused(concern.code, &concern.message));
    }
    let errors = write_errors.unwrap_or_default();
    if let Some(other) = errors.iter().find(|error| error.code != TAKEN) {
        return Err(Failure::refused(other.code, &other.message));
    }
    Ok(errors.iter().map(|error| error.index).collect())
}

/// Sorts a batch into new events and duplicates, where `stored` are the events known before.
fn sort_out(events: &[Event], stored: &BTreeMap<String, Event>) -> Appended {
    let mut fresh: BTreeMap<&str, &Event> = BTreeMap::new();
    let mut appended = Appended {
        accepted: 0,
        duplicates: vec![],
        fresh: vec![],
    };
    for event in events {
        let known = stored
            .get(&event.id)
            .or_else(|| fresh.get(event.id.as_str()).copied());
        if let Some(known) = known {
            appended.duplicates.push(known.clone());
        } else {
            fresh.insert(&event.id, event);
            appended.fresh.push(event.clone());
        }
    }
    appended.accepted = appended.fresh.len();
    appended
}
