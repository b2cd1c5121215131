//! The calls of AWS below a task, which no worker can be faster than: `bare_tasks TASKS LOOPS BATCH` with
//! `TASKS_TABLE`, `TASK_QUEUE_URL` and `UPDATES_QUEUE_URL` set. So many loops work the queue off, each with so
//! many messages at once: receive, and for each message hide, read, write, tell, write, tell; then delete. What
//! is written is what was read, under the condition that it still is; what is told is as long as an update.
//! One line of JSON.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::HashMap;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName};
use futures::future::try_join_all;
use serde_json::{Value, json};
use tokio::sync::Notify;

type Item = HashMap<String, AttributeValue>;
type Failed = Box<dyn Error + Send + Sync>;

/// An update's message on its way, without the task's name.
const TOLD: usize = 480;
/// Seconds of a lease.
const LEASE: i32 = 30;
/// Seconds to wait for messages that are there.
const WAIT: i32 = 1;

struct Bare {
    tables: aws_sdk_dynamodb::Client,
    queues: aws_sdk_sqs::Client,
    table: String,
    queue: String,
    updates: String,
    left: AtomicUsize,
    none: Notify,
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let given: Result<Vec<usize>, _> = std::env::args().skip(1).map(|text| text.parse()).collect();
    let [tasks, loops, batch] = given?[..] else {
        return Err("bare_tasks TASKS LOOPS BATCH".into());
    };
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let bare = Bare {
        tables: aws_sdk_dynamodb::Client::new(&config),
        queues: aws_sdk_sqs::Client::new(&config),
        table: std::env::var("TASKS_TABLE")?,
        queue: std::env::var("TASK_QUEUE_URL")?,
        updates: std::env::var("UPDATES_QUEUE_URL")?,
        left: AtomicUsize::new(tasks),
        none: Notify::new(),
    };
    let batch = i32::try_from(batch)?;
    let begun = Instant::now();
    tokio::select! {
        ended = try_join_all((0..loops).map(|_| bare.work(batch))) => drop(ended?),
        // Whoever still asks the queue waits for messages that will not come.
        () = bare.none.notified() => {}
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{}", json!({"tasks": tasks, "seconds": seconds}));
    Ok(())
}

impl Bare {
    async fn work(&self, batch: i32) -> Result<(), Failed> {
        loop {
            let receive = self.queues.receive_message().queue_url(&self.queue);
            let received = receive
                .max_number_of_messages(batch)
                .wait_time_seconds(WAIT)
                .message_system_attribute_names(MessageSystemAttributeName::All)
                .send()
                .await?;
            let messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                continue;
            }
            try_join_all(messages.iter().map(|message| self.task(message))).await?;
            self.delete(&messages).await?;
            let before = self.left.fetch_sub(messages.len(), Ordering::Relaxed);
            if before == messages.len() {
                self.none.notify_one();
            }
        }
    }

    async fn task(&self, message: &Message) -> Result<(), Failed> {
        let body: Value = serde_json::from_str(message.body().unwrap_or_default())?;
        let (item, ()) = tokio::try_join!(self.claim(&body), self.hide(message))?;
        self.tell().await?;
        self.write(item, 2).await?;
        self.tell().await
    }

    async fn claim(&self, body: &Value) -> Result<Item, Failed> {
        let text = |name: &str| AttributeValue::S(body[name].as_str().unwrap_or_default().into());
        let get = self.tables.get_item().table_name(&self.table);
        let get = get.key("tenant", text("tenant"));
        let get = get.key("request_id", text("request_id"));
        let read = get.consistent_read(true).send().await?;
        let item = read
            .item
            .ok_or("a message names a task that is not there")?;
        self.write(item.clone(), 1).await?;
        Ok(item)
    }

    /// Writes the item as the version after this one.
    async fn write(&self, mut item: Item, version: u32) -> Result<(), Failed> {
        let number = |version: u32| AttributeValue::N(version.to_string());
        item.insert("version".into(), number(version + 1));
        let put = self.tables.put_item().table_name(&self.table);
        put.set_item(Some(item))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(version))
            .send()
            .await?;
        Ok(())
    }

    async fn hide(&self, message: &Message) -> Result<(), Failed> {
        let change = self.queues.change_message_visibility();
        let receipt = message.receipt_handle().unwrap_or_default();
        let change = change.queue_url(&self.queue).receipt_handle(receipt);
        change.visibility_timeout(LEASE).send().await?;
        Ok(())
    }

    async fn tell(&self) -> Result<(), Failed> {
        let send = self.queues.send_message().queue_url(&self.updates);
        send.message_body("-".repeat(TOLD)).send().await?;
        Ok(())
    }

    async fn delete(&self, messages: &[Message]) -> Result<(), Failed> {
        let mut delete = self.queues.delete_message_batch().queue_url(&self.queue);
        for (place, message) in messages.iter().enumerate() {
            let entry = DeleteMessageBatchRequestEntry::builder().id(place.to_string());
            let entry = entry.set_receipt_handle(message.receipt_handle.clone());
            delete = delete.entries(entry.build()?);
        }
        delete.send().await?;
        Ok(())
    }
}
