//! The queue of messages that nobody can handle.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;
use domain::ports::{DeadLetter, DeadLetterQueue, PortError};
use domain::text::cut;

use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const QUEUE: &str = "dead-letter queue";

/// Longest reason, in bytes: enough for a person.
const LONGEST_REASON: usize = 2_000;

/// Sends dead letters to a queue. The body is the message's own; the attributes `reason` and
/// `original_message_id` say why it is there and which message it was.
#[derive(Debug, Clone)]
pub struct DeadLetterSender {
    client: Lazy<Client>,
    url: String,
}

impl DeadLetterSender {
    /// Sends to the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self {
            client: sdk.sqs(),
            url: queue_url.into(),
        }
    }
}

#[async_trait]
impl DeadLetterQueue for DeadLetterSender {
    async fn bury(&self, letter: &DeadLetter) -> Result<(), PortError> {
        let reason = attribute(cut(&letter.reason, LONGEST_REASON))?;
        let id = attribute(&letter.message_id)?;
        let sent = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(or_nothing(&letter.body))
            .message_attributes("reason", reason)
            .message_attributes("original_message_id", id)
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(QUEUE, error))
    }
}

/// SQS takes no empty body and no empty attribute.
fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "(nothing)" } else { text }
}

fn attribute(text: &str) -> Result<MessageAttributeValue, PortError> {
    let value = MessageAttributeValue::builder().data_type("String");
    let value = value.string_value(or_nothing(text)).build();
    value.map_err(|error| PortError::broken(QUEUE, error))
}
