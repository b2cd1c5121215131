//! Who listens to an update.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::ports::{Announcement, PortError};
use domain::{ConnectionId, Topic};
use futures::future::join_all;

use super::{PushError, PushUpdates};

/// What each topic's lookup gave.
pub(super) type Listeners = BTreeMap<Topic, Result<Vec<ConnectionId>, Arc<PortError>>>;

/// What an update is about.
fn topics(announcement: &Announcement) -> impl Iterator<Item = Topic> {
    let tenant = &announcement.tenant;
    let tags = announcement.tags.iter();
    [
        Topic::User(tenant.clone(), announcement.owner.clone()),
        Topic::Task(tenant.clone(), announcement.request_id),
    ]
    .into_iter()
    .chain(tags.map(|tag| Topic::Tag(tenant.clone(), tag.clone())))
}

impl PushUpdates {
    /// Looks up every topic of the updates, each once, all at once.
    pub(super) async fn look_up(
        &self,
        announcements: impl Iterator<Item = &Announcement>,
    ) -> Listeners {
        let now = self.clock.now();
        let distinct: BTreeSet<Topic> = announcements.flat_map(topics).collect();
        let lookups = distinct.into_iter().map(|topic| async {
            let listeners = self.connections.listeners(&topic, now).await;
            (topic, listeners.map_err(Arc::new))
        });
        join_all(lookups).await.into_iter().collect()
    }
}

/// The connections that listen to an update, each once, whatever they listen by.
pub(super) fn addressees(
    announcement: &Announcement,
    listeners: &Listeners,
) -> Result<BTreeSet<ConnectionId>, PushError> {
    let mut all = BTreeSet::new();
    for found in topics(announcement).filter_map(|topic| listeners.get(&topic)) {
        let ids = found.as_ref();
        all.extend(
            ids.map_err(|e| PushError::Listeners(Arc::clone(e)))?
                .iter()
                .cloned(),
        );
    }
    Ok(all)
}
