//! Texts among events, newest first, from one stretch of time after the other.
//!
//! Service, level and the words of a log line are compared by the server; what is in fields without
//! a name of ours is JSON text there, so it is read and compared here.

use std::time::Duration;

use async_trait::async_trait;
use bson::{Document, doc};
use domain::TenantId;
use domain::ports::{FoundText, FoundTexts, PortError, Texts};
use domain::texts::{TextQuery, TextSource};
use futures::TryStreamExt;
use tokio::time::timeout;

use super::Events;
use super::document::read;
use super::failure::Failure;
use super::filter::{literally, rests};
use super::stretch::Stretch;

/// How long finding all of them may take: a worker waits for it.
const FIND: Duration = Duration::from_mins(1);

/// Events that are read in one go.
const BATCH: u32 = 1_000;

/// Most events of a stretch: so many are sorted at a time.
const AT_ONCE: usize = 20_000;

#[async_trait]
impl Texts for Events {
    async fn find(&self, tenant: &TenantId, query: &TextQuery) -> Result<FoundTexts, PortError> {
        let found = timeout(FIND, self.texts(tenant, query)).await;
        Ok(found.map_err(|_| Failure::TooSlow(FIND)).flatten()?)
    }
}

impl Events {
    async fn texts(&self, tenant: &TenantId, query: &TextQuery) -> Result<FoundTexts, Failure> {
        let mut found = FoundTexts::default();
        let mut next = Stretch::first(query.from, query.to, self.clock.now());
        while let Some(stretch) = next.filter(|_| !found.more) {
            let events = all(tenant, query, stretch);
            let count = self.count(events.clone(), AT_ONCE, FIND).await?;
            if count > AT_ONCE && stretch.can_be_halved() {
                next = Some(stretch.half());
                continue;
            }
            if count > 0 {
                self.take(events, query, &mut found).await?;
            }
            next = stretch.before_it(count, query.from);
        }
        Ok(found)
    }

    /// Adds the texts of these events, as far as there is room.
    async fn take(
        &self,
        mut events: Document,
        query: &TextQuery,
        found: &mut FoundTexts,
    ) -> Result<(), Failure> {
        events.extend(picks(query));
        let mut events = self
            .collection
            .find(events)
            .sort(doc! { "at": -1, "at_rest_ns": -1, "_id": -1 })
            .batch_size(BATCH)
            .allow_disk_use(true)
            .max_time(FIND)
            .await?;
        let taken = found.texts.iter().map(|found| found.text.len());
        let mut room = query.most_bytes.saturating_sub(taken.sum());
        while let Some(document) = events.try_next().await? {
            let event = read(&document)?;
            let Some(text) = query.text_of(&event) else {
                continue;
            };
            if found.texts.len() == query.limit || text.len() > room {
                found.more = true;
                break;
            }
            room -= text.len();
            found.texts.push(FoundText { id: event.id, text });
        }
        Ok(())
    }
}

/// The events of a stretch that the query is about.
fn all(tenant: &TenantId, query: &TextQuery, stretch: Stretch) -> Document {
    let types: &[&str] = match query.source {
        TextSource::Logs => &["log"],
        TextSource::Events => &["log", "request", "session", "user"],
    };
    let types = doc! { "$in": types };
    let mut filter = doc! { "tenant": tenant.as_str(), "type": types, "at": stretch.range() };
    let bounds = rests(query.from, query.to);
    if !bounds.is_empty() {
        filter.insert("$and", bounds);
    }
    filter
}

/// What they must hold, as far as the server can tell.
fn picks(query: &TextQuery) -> Document {
    let mut picks = Document::new();
    for (field, wanted) in [("service", &query.service), ("level", &query.level)] {
        if let Some(wanted) = wanted {
            picks.insert(field, wanted);
        }
    }
    if let (TextSource::Logs, "message", Some(words)) =
        (query.source, query.field.as_str(), &query.contains)
        && words.is_ascii()
    {
        let holds = doc! { "$regex": literally(words), "$options": "i" };
        picks.insert("message", holds);
    }
    picks
}
