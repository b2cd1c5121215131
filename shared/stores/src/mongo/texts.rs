//! Texts among events, newest first.
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
use super::filter::{literally, within};

/// How long finding all of them may take: a worker waits for it.
const FIND: Duration = Duration::from_mins(1);

/// Events that are read in one go.
const BATCH: u32 = 1_000;

#[async_trait]
impl Texts for Events {
    async fn find(&self, tenant: &TenantId, query: &TextQuery) -> Result<FoundTexts, PortError> {
        let found = timeout(FIND, self.texts(tenant, query)).await;
        Ok(found.map_err(|_| Failure::TooSlow(FIND)).flatten()?)
    }
}

impl Events {
    async fn texts(&self, tenant: &TenantId, query: &TextQuery) -> Result<FoundTexts, Failure> {
        let mut events = self
            .collection
            .find(filter(tenant, query))
            .sort(doc! { "at": -1, "at_rest_ns": -1, "_id": -1 })
            .batch_size(BATCH)
            .allow_disk_use(true)
            .max_time(FIND)
            .await?;
        let mut found = FoundTexts::default();
        let mut room = query.most_bytes;
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
        Ok(found)
    }
}

/// At least what matches.
fn filter(tenant: &TenantId, query: &TextQuery) -> Document {
    let types: &[&str] = match query.source {
        TextSource::Logs => &["log"],
        TextSource::Events => &["log", "request", "session", "user"],
    };
    let mut filter = within(query.from, query.to);
    filter.insert("tenant", tenant.as_str());
    filter.insert("type", doc! { "$in": types });
    for (field, wanted) in [("service", &query.service), ("level", &query.level)] {
        if let Some(wanted) = wanted {
            filter.insert(field, wanted);
        }
    }
    if let (TextSource::Logs, "message", Some(words)) =
        (query.source, query.field.as_str(), &query.contains)
        && words.is_ascii()
    {
        let holds = doc! { "$regex": literally(words), "$options": "i" };
        filter.insert("message", holds);
    }
    filter
}
