//! The queue that takes callbacks to the function that sends them.

use async_trait::async_trait;
use domain::Callback;
use domain::ports::{CallbackQueue, PortError};

use time::Duration;

use super::outbox::{Outbox, Parcel};
use crate::Sdk;

/// Sends callbacks to a queue.
#[derive(Debug, Clone)]
pub struct CallbackSender(Outbox);

impl CallbackSender {
    /// Sends to the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self(Outbox::new(sdk, queue_url, "callbacks queue"))
    }
}

#[async_trait]
impl CallbackQueue for CallbackSender {
    async fn send(&self, callback: &Callback) -> Result<(), PortError> {
        let parcel = Parcel {
            body: wire::queue::callback_message(callback),
            tenant: Some(callback.tenant.clone()),
            delay: Duration::ZERO,
            trace: callback.trace,
        };
        self.0.send(&parcel).await
    }
}
