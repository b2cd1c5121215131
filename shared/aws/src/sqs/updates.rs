//! The queue that takes updates, and other requests, to the pusher.

use async_trait::async_trait;
use domain::ports::{Announcement, PortError, PusherQueue, UpdateQueue};
use domain::{ConnectionId, Replay};

use super::Outbox;
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
        let message = wire::queue::update_message(announcement);
        self.0.send(&message).await
    }
}

#[async_trait]
impl PusherQueue for UpdateSender {
    async fn replay(&self, replay: &Replay) -> Result<(), PortError> {
        self.0.send(&wire::queue::replay_message(replay)).await
    }

    async fn hang_up(&self, id: &ConnectionId) -> Result<(), PortError> {
        self.0.send(&wire::queue::hang_up_message(id)).await
    }
}
