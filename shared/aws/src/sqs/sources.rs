//! Sends bodies as they are.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use domain::TenantId;
use domain::dead_letters::DeadQueue;
use domain::ports::{PortError, SourceQueues};

use super::urls::QueueUrls;
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const QUEUE: &str = "queue of a dead letter";

/// Sends to queues what was taken from their dead letters.
#[derive(Debug, Clone)]
pub struct RawSender {
    client: Lazy<Client>,
    urls: QueueUrls,
}

impl RawSender {
    /// Sends to these queues.
    pub fn new(sdk: &Sdk, urls: QueueUrls) -> Self {
        Self {
            client: sdk.sqs(),
            urls,
        }
    }
}

#[async_trait]
impl SourceQueues for RawSender {
    async fn send(
        &self,
        queue: DeadQueue,
        body: &str,
        tenant: Option<&TenantId>,
    ) -> Result<(), PortError> {
        let message = self.client.send_message();
        let message = message.queue_url(self.urls.of(queue.source())?);
        let message = message.message_body(body);
        let message = message.set_message_group_id(tenant.map(ToString::to_string));
        let sent = message.send().await;
        sent.map(drop).map_err(|error| port_error(QUEUE, error))
    }
}
