//! The queues of dead letters, from the side of those who look at them.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry,
    DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName,
    SendMessageBatchRequestEntry,
};
use domain::dead_letters::{BuriedLetter, DeadQueue, IN_HAND};
use domain::ports::{DeadLetters, PortError};
use time::OffsetDateTime;

use super::gauges::QueueUrls;
use crate::Sdk;
use crate::error::port_error;

const QUEUE: &str = "dead-letter queue";

/// Most messages in one call, of any kind
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>).
const MOST_AT_ONCE: usize = 10;

/// How long a call waits for a letter, in seconds: with any wait SQS asks all of its servers, without
/// one a few of them.
const WAIT: i32 = 1;

/// Dead letters in SQS.
#[derive(Debug, Clone)]
pub struct BuriedLetters {
    client: Client,
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

    async fn receive(&self, queue: DeadQueue, most: usize) -> Result<Vec<Message>, PortError> {
        let most = i32::try_from(most.min(MOST_AT_ONCE)).unwrap_or(1);
        let hand = i32::try_from(IN_HAND.whole_seconds()).unwrap_or(i32::MAX);
        let call = self.client.receive_message();
        let received = call
            .queue_url(self.urls.of_dead(queue))
            .max_number_of_messages(most)
            .visibility_timeout(hand)
            .wait_time_seconds(WAIT)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_attribute_names("reason")
            .send()
            .await;
        let received = received.map_err(|error| port_error(QUEUE, error))?;
        Ok(received.messages.unwrap_or_default())
    }

    /// Sends a few letters to where they came from.
    async fn send_few(&self, queue: DeadQueue, few: &[BuriedLetter]) -> Result<(), PortError> {
        let home = match queue {
            DeadQueue::Work => &self.urls.work,
            DeadQueue::Updates => &self.urls.updates,
            DeadQueue::Callbacks => &self.urls.callbacks,
        };
        let mut call = self.client.send_message_batch().queue_url(home);
        for (place, letter) in few.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder().id(place.to_string());
            let entry = entry.message_body(&letter.body).build();
            call = call.entries(entry.map_err(|error| PortError::broken(QUEUE, error))?);
        }
        let sent = call.send().await;
        let sent = sent.map_err(|error| port_error(QUEUE, error))?;
        all_taken(sent.failed().first().map(BatchResultErrorEntry::code))
    }
}

/// A refusal of some of a batch is one of all: each is done again safely.
fn all_taken(refused: Option<&str>) -> Result<(), PortError> {
    match refused {
        None => Ok(()),
        Some(code) => Err(PortError::unavailable(QUEUE, code.to_owned())),
    }
}

#[async_trait]
impl DeadLetters for BuriedLetters {
    async fn take(&self, queue: DeadQueue, most: usize) -> Result<Vec<BuriedLetter>, PortError> {
        let mut taken = Vec::new();
        while taken.len() < most {
            let few = self.receive(queue, most - taken.len()).await?;
            if few.is_empty() {
                break;
            }
            for message in few {
                taken.push(letter(message)?);
            }
        }
        Ok(taken)
    }

    /// A receipt that holds no more is of a letter that is gone, or lies there again.
    async fn put_back(&self, queue: DeadQueue, letters: &[BuriedLetter]) -> Result<(), PortError> {
        for few in letters.chunks(MOST_AT_ONCE) {
            let mut call = self
                .client
                .change_message_visibility_batch()
                .queue_url(self.urls.of_dead(queue));
            for (place, letter) in few.iter().enumerate() {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder();
                let entry = entry
                    .id(place.to_string())
                    .receipt_handle(&letter.receipt)
                    .visibility_timeout(0)
                    .build();
                call = call.entries(entry.map_err(|error| PortError::broken(QUEUE, error))?);
            }
            let sent = call.send().await;
            sent.map_err(|error| port_error(QUEUE, error))?;
        }
        Ok(())
    }

    async fn send_again(
        &self,
        queue: DeadQueue,
        letters: &[BuriedLetter],
    ) -> Vec<Result<(), PortError>> {
        let mut outcomes = Vec::with_capacity(letters.len());
        for few in letters.chunks(MOST_AT_ONCE) {
            let sent = self.send_few(queue, few).await;
            outcomes.extend(
                few.iter()
                    .map(|_| sent.as_ref().copied().map_err(PortError::again)),
            );
        }
        outcomes
    }

    async fn remove(&self, queue: DeadQueue, letters: &[BuriedLetter]) -> Result<(), PortError> {
        for few in letters.chunks(MOST_AT_ONCE) {
            let mut call = self
                .client
                .delete_message_batch()
                .queue_url(self.urls.of_dead(queue));
            for (place, letter) in few.iter().enumerate() {
                let entry = DeleteMessageBatchRequestEntry::builder().id(place.to_string());
                let entry = entry.receipt_handle(&letter.receipt).build();
                call = call.entries(entry.map_err(|error| PortError::broken(QUEUE, error))?);
            }
            let sent = call.send().await;
            let sent = sent.map_err(|error| port_error(QUEUE, error))?;
            all_taken(sent.failed().first().map(BatchResultErrorEntry::code))?;
        }
        Ok(())
    }
}

fn letter(message: Message) -> Result<BuriedLetter, PortError> {
    let attributes = message.attributes.unwrap_or_default();
    let millis = attributes
        .get(&MessageSystemAttributeName::SentTimestamp)
        .and_then(|text| text.parse::<i128>().ok())
        .unwrap_or_default();
    let since = OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000);
    let reason = message.message_attributes.unwrap_or_default();
    let reason = reason.get("reason").and_then(|value| value.string_value());
    Ok(BuriedLetter {
        message_id: message.message_id.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        reason: reason.map(ToOwned::to_owned),
        since: since.map_err(|error| PortError::broken(QUEUE, error))?,
        receipt: message.receipt_handle.unwrap_or_default(),
    })
}
