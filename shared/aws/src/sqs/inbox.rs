//! A queue that is polled.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName,
};
use sqs_batch::{BoxError, Inbox};

use crate::Sdk;
use crate::sdk::retries;

/// How long SQS may take to answer once it has, or has not, found messages.
const ANSWER: Duration = Duration::from_secs(5);

/// Receives a queue's messages as an event source mapping would hand them over, without the attributes
/// that senders make up: ours have their data in the body.
#[derive(Debug, Clone)]
pub struct PolledQueue {
    client: Client,
    url: String,
}

impl PolledQueue {
    /// Polls the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self {
            client: Client::new(&sdk.config),
            url: queue_url.into(),
        }
    }
}

impl Inbox for PolledQueue {
    async fn receive(&self, most: usize, wait: Duration) -> Result<Vec<SqsMessage>, BoxError> {
        let call = self.client.receive_message();
        let received = call
            .queue_url(&self.url)
            .max_number_of_messages(whole(most))
            .wait_time_seconds(sqs_batch::whole_seconds(wait))
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .customize()
            .config_override(patience(wait))
            .send()
            .await?;
        Ok(received.messages.into_iter().flatten().map(read).collect())
    }

    async fn delete(&self, receipts: &[String]) -> Result<Vec<String>, BoxError> {
        let mut call = self.client.delete_message_batch().queue_url(&self.url);
        for (place, receipt) in receipts.iter().enumerate() {
            let entry = DeleteMessageBatchRequestEntry::builder();
            call = call.entries(
                entry
                    .id(place.to_string())
                    .receipt_handle(receipt)
                    .build()?,
            );
        }
        let refused = call.send().await?.failed;
        let receipt = |entry: &BatchResultErrorEntry| receipts.get(entry.id.parse::<usize>().ok()?);
        let receipts = refused.iter().filter_map(receipt);
        Ok(receipts.cloned().collect())
    }
}

/// A call that waits for messages takes its time, and is not tried again by itself: messages that one
/// try has missed the answer of are hidden from the next.
fn patience(wait: Duration) -> Builder {
    let longest = wait + ANSWER;
    let limits = TimeoutConfig::builder()
        .operation_attempt_timeout(longest)
        .operation_timeout(longest);
    Builder::default()
        .timeout_config(limits.build())
        .retry_config(retries(1))
}

fn whole(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn read(message: Message) -> SqsMessage {
    let mut read = SqsMessage::default();
    read.message_id = message.message_id;
    read.receipt_handle = message.receipt_handle;
    read.body = message.body;
    let attributes = message.attributes.into_iter().flatten();
    read.attributes = attributes
        .map(|(name, value)| (name.as_str().to_owned(), value))
        .collect();
    read
}
