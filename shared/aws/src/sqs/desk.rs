//! The queue of messages that nobody can handle, for whoever looks at them.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use domain::ports::{DeadLetterDesk, HeldLetter, PortError};
use time::Duration;

use super::letters::{self, QUEUE};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

/// Takes up the letters of one dead-letter queue.
#[derive(Debug, Clone)]
pub struct LetterDesk {
    client: Lazy<Client>,
    url: String,
}

impl LetterDesk {
    /// Takes from the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self {
            client: sdk.sqs(),
            url: queue_url.into(),
        }
    }
}

#[async_trait]
impl DeadLetterDesk for LetterDesk {
    async fn receive(&self, most: usize, hidden: Duration) -> Result<Vec<HeldLetter>, PortError> {
        letters::receive(&self.client, &self.url, most, hidden).await
    }

    async fn give_back(&self, receipt: &str) -> Result<(), PortError> {
        let change = self.client.change_message_visibility();
        let sent = change
            .queue_url(&self.url)
            .receipt_handle(receipt)
            .visibility_timeout(0)
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(QUEUE, error))
    }

    async fn destroy(&self, receipt: &str) -> Result<(), PortError> {
        let delete = self.client.delete_message().queue_url(&self.url);
        let sent = delete.receipt_handle(receipt).send().await;
        sent.map(drop).map_err(|error| port_error(QUEUE, error))
    }
}
