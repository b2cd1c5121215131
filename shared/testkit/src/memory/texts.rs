//! Texts among the events in memory.

use async_trait::async_trait;
use domain::ports::{FoundText, FoundTexts, PortError, Texts};
use domain::texts::TextQuery;
use domain::{Event, TenantId};

use super::MemoryEvents;

/// The call is named `texts.find`.
#[async_trait]
impl Texts for MemoryEvents {
    async fn find(&self, tenant: &TenantId, query: &TextQuery) -> Result<FoundTexts, PortError> {
        let find = || Ok(found(self.all(tenant), query));
        self.faults().around("texts.find", find).await
    }
}

fn found(mut events: Vec<Event>, query: &TextQuery) -> FoundTexts {
    events.retain(|event| {
        query.from.is_none_or(|from| event.at >= from) && query.to.is_none_or(|to| event.at < to)
    });
    events.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
    let mut found = FoundTexts::default();
    let mut room = query.most_bytes;
    for event in events {
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
    found
}
