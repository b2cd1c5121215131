//! The parts of broadcasts, on the queue that takes updates to the pusher.

use async_trait::async_trait;
use domain::broadcast::Part;
use domain::ports::{BroadcastQueue, PortError};
use time::Duration;

use super::outbox::{Outbox, Parcel};
use crate::Sdk;

/// Sends parts to a queue.
#[derive(Debug, Clone)]
pub struct BroadcastSender(Outbox);

impl BroadcastSender {
    /// Sends to the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self(Outbox::new(sdk, queue_url, "updates queue"))
    }
}

#[async_trait]
impl BroadcastQueue for BroadcastSender {
    async fn send_all(&self, parts: &[Part], delay: Duration) -> Vec<Result<(), PortError>> {
        let parcels = parts.iter().map(|part| Parcel {
            body: wire::queue::broadcast_message(part),
            tenant: None,
            delay,
            trace: part.broadcast.trace,
        });
        self.0.send_all(parcels).await
    }
}
