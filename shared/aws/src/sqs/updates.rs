//! The queue that takes updates, and other requests, to the pusher.

use async_trait::async_trait;
use domain::feed::{Feed, Posting};
use domain::ports::{Announcement, PortError, Postings, PusherQueue, UpdateQueue};
use domain::{ConnectionId, Replay};
use time::Duration;

use super::outbox::{Outbox, Parcel};
use crate::Sdk;

/// Sends updates to a queue.
#[derive(Debug, Clone)]
pub struct UpdateSender(Outbox);

impl UpdateSender {
    /// Sends to the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self(Outbox::new(sdk, queue_url, "updates queue"))
    }
}

#[async_trait]
impl UpdateQueue for UpdateSender {
    async fn send(&self, announcement: &Announcement) -> Result<(), PortError> {
        let parcel = Parcel {
            body: wire::queue::update_message(announcement),
            tenant: Some(announcement.tenant.clone()),
            delay: Duration::ZERO,
            trace: announcement.trace,
        };
        self.0.send(&parcel).await
    }
}

#[async_trait]
impl PusherQueue for UpdateSender {
    async fn replay(&self, replay: &Replay) -> Result<(), PortError> {
        let parcel = Parcel {
            body: wire::queue::replay_message(replay),
            tenant: Some(replay.tenant.clone()),
            delay: Duration::ZERO,
            trace: None,
        };
        self.0.send(&parcel).await
    }

    async fn hang_up(&self, id: &ConnectionId) -> Result<(), PortError> {
        let parcel = Parcel {
            body: wire::queue::hang_up_message(id),
            tenant: None,
            delay: Duration::ZERO,
            trace: None,
        };
        self.0.send(&parcel).await
    }
}

#[async_trait]
impl Postings for UpdateSender {
    async fn send(&self, posting: &Posting) -> Result<(), PortError> {
        let tenant = match &posting.feed {
            Feed::Operators => None,
            Feed::Logs(tenant, _) => Some(tenant.clone()),
        };
        let parcel = Parcel {
            body: wire::queue::post_message(posting),
            tenant,
            delay: Duration::ZERO,
            trace: None,
        };
        self.0.send(&parcel).await
    }
}
