//! The queues of dead letters, from the side of those who look at them.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
    MessageSystemAttributeName,
};
use domain::dead_letters::{DeadQueue, HeldLetter};
use domain::ports::{DeadLetters, PortError};
use time::{Duration, OffsetDateTime};

use super::urls::QueueUrls;
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const QUEUE: &str = "dead-letter queue";

/// Most messages in one call, of any kind
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>).
const MOST_AT_ONCE: usize = 10;

/// Seconds that one call waits for letters. With any wait at all SQS asks all of its servers, and
/// without one only some, which would leave letters out.
const WAIT_SECONDS: i32 = 1;

/// Dead letters in SQS.
#[derive(Debug, Clone)]
pub struct BuriedLetters {
    client: Lazy<Client>,
    urls: QueueUrls,
}

impl BuriedLetters {
    /// Those of these queues.
    pub fn new(sdk: &Sdk, urls: QueueUrls) -> Self {
        Self {
            client: sdk.sqs(),
            urls,
        }
    }
}

#[async_trait]
impl DeadLetters for BuriedLetters {
    /// One call.
    async fn take(
        &self,
        queue: DeadQueue,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<HeldLetter>, PortError> {
        let call = self.client.receive_message();
        let received = call
            .queue_url(self.urls.of_dead(queue)?)
            .max_number_of_messages(whole(most.clamp(1, MOST_AT_ONCE)))
            .visibility_timeout(whole(hold.whole_seconds().max(1)))
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

    /// A receipt that holds no more is of a letter that is gone, or lies there again.
    async fn put_back(&self, queue: DeadQueue, receipts: &[String]) -> Result<(), PortError> {
        for few in receipts.chunks(MOST_AT_ONCE) {
            let call = self.client.change_message_visibility_batch();
            let mut call = call.queue_url(self.urls.of_dead(queue)?);
            for (place, receipt) in few.iter().enumerate() {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder();
                let entry = entry.id(place.to_string()).receipt_handle(receipt);
                let entry = entry.visibility_timeout(0).build();
                call = call.entries(entry.map_err(|error| PortError::broken(QUEUE, error))?);
            }
            let sent = call.send().await;
            sent.map_err(|error| port_error(QUEUE, error))?;
        }
        Ok(())
    }

    /// A refusal of some is one of all: each can be removed again.
    async fn remove(&self, queue: DeadQueue, receipts: &[String]) -> Result<(), PortError> {
        for few in receipts.chunks(MOST_AT_ONCE) {
            let call = self.client.delete_message_batch();
            let mut call = call.queue_url(self.urls.of_dead(queue)?);
            for (place, receipt) in few.iter().enumerate() {
                let entry = DeleteMessageBatchRequestEntry::builder().id(place.to_string());
                let entry = entry.receipt_handle(receipt).build();
                call = call.entries(entry.map_err(|error| PortError::broken(QUEUE, error))?);
            }
            let sent = call.send().await;
            let sent = sent.map_err(|error| port_error(QUEUE, error))?;
            if let Some(refused) = sent.failed().first() {
                return Err(PortError::unavailable(QUEUE, refused.code()));
            }
        }
        Ok(())
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
