//! The queue of messages that nobody can handle, for whoever looks at them.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use domain::ports::{DeadLetterDesk, HeldLetter, PortError};
use time::{Duration, OffsetDateTime};

use crate::Sdk;
use crate::error::port_error;

const QUEUE: &str = "dead-letter queue";

/// Most messages of one answer
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>).
const MOST_AT_ONCE: usize = 10;

/// Seconds that one call waits for letters. With any wait at all SQS asks all of its servers, and
/// without one only some, which would leave letters out.
const WAIT_SECONDS: i32 = 1;

/// Takes up the letters of one dead-letter queue.
#[derive(Debug, Clone)]
pub struct LetterDesk {
    client: Client,
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
        let call = self.client.receive_message().queue_url(&self.url);
        let received = call
            .max_number_of_messages(whole(most.clamp(1, MOST_AT_ONCE)))
            .visibility_timeout(whole(hidden.whole_seconds().max(1)))
            .wait_time_seconds(WAIT_SECONDS)
            .message_attribute_names("reason")
            .message_attribute_names("original_message_id")
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .send()
            .await
            .map_err(|error| port_error(QUEUE, error))?;
        Ok(received.messages.into_iter().flatten().map(held).collect())
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

fn whole(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

fn held(message: Message) -> HeldLetter {
    let attribute = |name: &str| {
        let value = message.message_attributes.as_ref()?.get(name)?;
        value.string_value.clone()
    };
    let system = |name: MessageSystemAttributeName| {
        let value = message.attributes.as_ref()?.get(&name)?;
        value.parse::<i64>().ok()
    };
    let sent = system(MessageSystemAttributeName::SentTimestamp).unwrap_or_default();
    let sent = OffsetDateTime::from_unix_timestamp_nanos(i128::from(sent) * 1_000_000);
    let receives = system(MessageSystemAttributeName::ApproximateReceiveCount);
    HeldLetter {
        reason: attribute("reason"),
        original_id: attribute("original_message_id"),
        sent_at: sent.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        receives: receives
            .and_then(|count| count.try_into().ok())
            .unwrap_or(1),
        id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    }
}
