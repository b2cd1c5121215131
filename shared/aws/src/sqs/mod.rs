//! Queues in SQS. Bodies are the JSON of `protocol::queue`; nothing travels in attributes.

mod receipts;
mod tasks;
mod updates;

pub use receipts::Receipts;
pub use tasks::TaskSender;
pub use updates::UpdateSender;

use aws_sdk_sqs::Client;
use domain::ports::PortError;
use serde::Serialize;

use crate::Sdk;
use crate::error::port_error;

/// One queue to send to.
#[derive(Debug, Clone)]
struct Outbox {
    client: Client,
    url: String,
    what: &'static str,
}

impl Outbox {
    fn new(sdk: &Sdk, url: impl Into<String>, what: &'static str) -> Self {
        Self {
            client: Client::new(&sdk.config),
            url: url.into(),
            what,
        }
    }

    async fn send(&self, message: &impl Serialize) -> Result<(), PortError> {
        let body = serde_json::to_string(message);
        let body = body.map_err(|error| PortError::broken(self.what, error))?;
        let message = self.client.send_message().queue_url(&self.url);
        let sent = message.message_body(body).send().await;
        sent.map(drop).map_err(|error| port_error(self.what, error))
    }
}
