//! Batches from the outside: events in, answers out.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests stop at what is not as it should be"
)]

mod deadline;
mod fifo;
mod heartbeat;
mod laws;
mod outcomes;
mod policy;
mod polling;
mod together;

use std::sync::Mutex;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use serde_json::{Value, json};
use sqs_batch::{BoxError, Report, Visibility};

/// An event of a standard queue, or of a FIFO one; each record with its id, body and group.
fn event(fifo: bool, records: &[(&str, &str, Option<&str>)]) -> SqsEvent {
    let queue = if fifo { "tasks.fifo" } else { "tasks" };
    let record = |(id, body, group): &(&str, &str, Option<&str>)| {
        let mut attributes = json!({"ApproximateReceiveCount": "1"});
        if let Some(group) = group {
            attributes["MessageGroupId"] = Value::from(*group);
        }
        json!({
            "messageId": id,
            "receiptHandle": format!("receipt {id}"),
            "body": body,
            "attributes": attributes,
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:eu-central-1:1:{queue}"),
        })
    };
    let records: Vec<Value> = records.iter().map(record).collect();
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

fn body(message: &SqsMessage) -> Result<String, &'static str> {
    let text = message.body.clone().unwrap_or_default();
    if text == "poison" {
        Err("it is poison")
    } else {
        Ok(text)
    }
}

fn failures(report: &Report) -> Vec<String> {
    let failures = report.response().batch_item_failures;
    failures
        .into_iter()
        .map(|item| item.item_identifier)
        .collect()
}

/// Notes what is hidden, and for how long.
#[derive(Default)]
struct Notes(Mutex<Vec<(String, Duration)>>);

impl Notes {
    fn take(&self) -> Vec<(String, Duration)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Visibility for Notes {
    async fn hide(&self, receipt: &str, length: Duration) -> Result<(), BoxError> {
        self.0.lock().unwrap().push((receipt.to_owned(), length));
        Ok(())
    }
}
