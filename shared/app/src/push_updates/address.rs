//! Who listens to an update, as one who follows its task or as an operator.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::ports::{Announcement, PortError};
use domain::{ConnectionId, Status, Topic};
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

/// The stream that gets a copy of it: operators hear of every task that ends in failure.
fn stream(announcement: &Announcement) -> Option<Topic> {
    match announcement.update.status {
        Status::Failed | Status::TimedOut => Some(Topic::Operators),
        Status::Processing | Status::Completed | Status::Cancelled => None,
    }
}

impl PushUpdates {
    /// Looks up every topic of the updates, each once, all at once.
    pub(super) async fn look_up(
        &self,
        announcements: impl Iterator<Item = &Announcement>,
    ) -> Listeners {
        let now = self.clock.now();
        let of_one = |announcement| topics(announcement).chain(stream(announcement));
        let distinct: BTreeSet<Topic> = announcements.flat_map(of_one).collect();
        let lookups = distinct.into_iter().map(|topic| async {
            let listeners = self.connections.listeners(&topic, now).await;
            (topic, listeners.map_err(Arc::new))
        });
        join_all(lookups).await.into_iter().collect()
    }
}

/// The connections that follow an update's task, each once, whatever they follow it by.
pub(super) fn addressees(
    announcement: &Announcement,
    listeners: &Listeners,
) -> Result<BTreeSet<ConnectionId>, PushError> {
    listening(topics(announcement), listeners)
}

/// The connections that get the stream's copy of an update.
pub(super) fn onlookers(
    announcement: &Announcement,
    listeners: &Listeners,
) -> Result<BTreeSet<ConnectionId>, PushError> {
    listening(stream(announcement).into_iter(), listeners)
}

fn listening(
    topics: impl Iterator<Item = Topic>,
    listeners: &Listeners,
) -> Result<BTreeSet<ConnectionId>, PushError> {
    let mut all = BTreeSet::new();
    for found in topics.filter_map(|topic| listeners.get(&topic)) {
        let ids = found.as_ref();
        all.extend(
            ids.map_err(|e| PushError::Listeners(Arc::clone(e)))?
                .iter()
                .cloned(),
        );
    }
    Ok(all)
}
