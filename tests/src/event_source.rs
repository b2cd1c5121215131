//! A stand-in for the event source that takes messages from a queue to a function.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use runtime_api::{Failed, Function};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// Most messages in one event, as the template has it.
const BATCH: i32 = 5;

/// The way from one queue to functions.
#[derive(Clone)]
pub struct EventSource {
    client: Client,
    queue: String,
}

/// A poller that goes on until this is dropped.
pub struct Polling(JoinHandle<()>);

impl Drop for Polling {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl EventSource {
    /// Takes from the queue with this URL.
    pub fn new(client: Client, queue: impl Into<String>) -> Self {
        Self {
            client,
            queue: queue.into(),
        }
    }

    /// Hands whatever arrives to the function, a batch at a time. Several pollers of one queue,
    /// each with a function, work side by side.
    pub fn poll(&self, function: &Function) -> Polling {
        let (source, function) = (self.clone(), function.clone());
        Polling(tokio::spawn(async move {
            loop {
                let batch = source.receive(Duration::from_secs(1)).await;
                if !batch.is_empty() {
                    // A batch without an answer comes back by itself.
                    let _ = source.deliver(&batch, &function).await;
                }
            }
        }))
    }

    /// The next messages, or none after this long. Whatever is not deleted comes back when its
    /// visibility ends.
    pub async fn receive(&self, wait: Duration) -> Vec<Message> {
        let seconds = i32::try_from(wait.as_secs()).expect("a short wait");
        let receive = self.client.receive_message().queue_url(&self.queue);
        let received = receive
            .max_number_of_messages(BATCH)
            .wait_time_seconds(seconds)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send()
            .await;
        received
            .expect("the queue answers")
            .messages
            .unwrap_or_default()
    }

    /// Hands a batch over and deletes what the function did not call failed. Gives the ids of
    /// those that it did.
    pub async fn deliver(
        &self,
        batch: &[Message],
        function: &Function,
    ) -> Result<Vec<String>, Failed> {
        let answer = function.invoke(event(batch)).await?;
        let failures = answer["batchItemFailures"].as_array();
        let failed: Vec<String> = failures
            .into_iter()
            .flatten()
            .filter_map(|failure| failure["itemIdentifier"].as_str())
            .map(str::to_owned)
            .collect();
        for message in batch {
            let id = message.message_id().unwrap_or_default();
            if !failed.iter().any(|failed| failed == id) {
                self.delete(message).await;
            }
        }
        Ok(failed)
    }

    async fn delete(&self, message: &Message) {
        let delete = self.client.delete_message().queue_url(&self.queue);
        let receipt = message.receipt_handle().unwrap_or_default();
        // Of two deliveries of one message, the second finds nothing to delete.
        let _ = delete.receipt_handle(receipt).send().await;
    }
}

/// A batch as Lambda's event source puts it.
pub(crate) fn event(batch: &[Message]) -> Value {
    let records: Vec<_> = batch.iter().map(record).collect();
    json!({"Records": records})
}

fn record(message: &Message) -> Value {
    let attributes: serde_json::Map<String, Value> = message
        .attributes()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str().to_owned(), json!(value)))
        .collect();
    json!({
        "messageId": message.message_id(),
        "receiptHandle": message.receipt_handle(),
        "body": message.body(),
        "attributes": attributes,
        "messageAttributes": {},
        "md5OfBody": message.md5_of_body(),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:tasks",
        "awsRegion": "us-east-1",
    })
}
