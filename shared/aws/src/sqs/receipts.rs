//! The messages that a worker has in hand.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use domain::ports::{Deliveries, PortError};
use sqs_batch::whole_seconds;
use time::Duration;

use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const QUEUE: &str = "task queue";

/// Hides and shows messages that a queue has delivered.
#[derive(Debug, Clone)]
pub struct Receipts {
    client: Lazy<Client>,
    url: String,
}

impl Receipts {
    /// Works on deliveries of the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self {
            client: sdk.sqs(),
            url: queue_url.into(),
        }
    }
}

#[async_trait]
impl Deliveries for Receipts {
    async fn hide(&self, receipt: &str, length: Duration) -> Result<(), PortError> {
        let change = self.client.change_message_visibility();
        let sent = change
            .queue_url(&self.url)
            .receipt_handle(receipt)
            .visibility_timeout(whole_seconds(length.max(Duration::ZERO).unsigned_abs()))
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(QUEUE, error))
    }
}
