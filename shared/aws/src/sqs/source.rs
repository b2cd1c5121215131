//! Sends bodies as they are.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use domain::TenantId;
use domain::ports::{PortError, SourceQueue};

use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const QUEUE: &str = "queue of a dead letter";

/// Sends to a queue what was taken from its dead letters.
#[derive(Debug, Clone)]
pub struct RawSender {
    client: Lazy<Client>,
    url: String,
}

impl RawSender {
    /// Sends to the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self {
            client: sdk.sqs(),
            url: queue_url.into(),
        }
    }
}

#[async_trait]
impl SourceQueue for RawSender {
    async fn send(&self, body: &str, tenant: Option<&TenantId>) -> Result<(), PortError> {
        let message = self.client.send_message().queue_url(&self.url);
        let message = message.message_body(body);
        let message = message.set_message_group_id(tenant.map(ToString::to_string));
        let sent = message.send().await;
        sent.map(drop).map_err(|error| port_error(QUEUE, error))
    }
}
