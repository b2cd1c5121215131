//! The queues of dead letters, from the side of those who look at them.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry,
    DeleteMessageBatchRequestEntry, SendMessageBatchRequestEntry,
};
use domain::dead_letters::{BuriedLetter, DeadQueue, IN_HAND};
use domain::ports::{DeadLetters, HeldLetter, PortError};

use super::gauges::QueueUrls;
use super::letters::{self, MOST_AT_ONCE, QUEUE};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

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
            let url = self.urls.of_dead(queue);
            let few = letters::receive(&self.client, url, most - taken.len(), IN_HAND).await?;
            if few.is_empty() {
                break;
            }
            taken.extend(few.into_iter().map(letter));
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

fn letter(held: HeldLetter) -> BuriedLetter {
    BuriedLetter {
        message_id: held.id,
        body: held.body,
        reason: held.reason,
        since: held.sent_at,
        receipt: held.receipt,
    }
}
