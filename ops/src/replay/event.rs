//! The event that is replayed, and what is made of it.

use std::path::Path;

use domain::dead_letters::{DeadQueue, Letter};
use serde_json::{Value, json};

use crate::seed::random::Random;

/// The function that reads a queue.
pub fn function_of(queue: DeadQueue) -> &'static str {
    match queue {
        DeadQueue::Work => "worker",
        DeadQueue::Updates => "pusher",
        DeadQueue::Callbacks => "callback",
    }
}

/// The function whose sample events are in this file's folder, as in `events/worker/one-task.json`.
pub fn function_of_file(file: &Path) -> Option<&str> {
    let folder = file.parent()?;
    let beside = folder.parent()?.file_name()?;
    (beside == "events")
        .then(|| folder.file_name()?.to_str())
        .flatten()
}

/// The event by which a queue would hand this letter's message over.
pub fn of_letter(letter: &Letter) -> Value {
    let held = &letter.held;
    json!({"Records": [{
        "messageId": held.original_id.as_ref().unwrap_or(&held.id),
        "receiptHandle": held.receipt,
        "body": held.body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:us-east-1:000000000000:{}", letter.queue),
        "awsRegion": "us-east-1",
    }]})
}

/// The same event delivered once more: each message has been received one time more.
#[must_use]
pub fn redelivered(mut event: Value, times: u32) -> Value {
    for record in batch(&mut event).into_iter().flatten() {
        let count = &mut record["attributes"]["ApproximateReceiveCount"];
        let received: u32 = count
            .as_str()
            .and_then(|count| count.parse().ok())
            .unwrap_or(1);
        *count = json!((received + times).to_string());
    }
    event
}

/// The same event with its records in another order.
#[must_use]
pub fn shuffled(mut event: Value, seed: u64) -> Value {
    let mut random = Random::new(seed);
    if let Some(records) = batch(&mut event) {
        for end in (1..records.len()).rev() {
            let below = u32::try_from(end + 1).unwrap_or(u32::MAX);
            let other = usize::try_from(random.below(below)).unwrap_or_default();
            records.swap(end, other);
        }
    }
    event
}

/// The records of a batch. Looked up, since indexing would add them to an event that is none.
fn batch(event: &mut Value) -> Option<&mut Vec<Value>> {
    event.get_mut("Records")?.as_array_mut()
}

/// How many records it has; none where it is no batch.
pub fn records(event: &Value) -> Option<usize> {
    event["Records"].as_array().map(Vec::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(count: usize) -> Value {
        let record = |n: usize| json!({"messageId": n.to_string(), "attributes": {"ApproximateReceiveCount": "2"}});
        json!({"Records": (0..count).map(record).collect::<Vec<_>>()})
    }

    #[test]
    fn the_function_follows_from_the_folder() {
        let of = |file: &str| function_of_file(Path::new(file)).map(str::to_owned);
        assert_eq!(of("events/worker/one-task.json"), Some("worker".into()));
        assert_eq!(of("/home/ada/events/pusher/x.json"), Some("pusher".into()));
        assert_eq!(
            (of("worker/x.json"), of("x.json"), of("/tmp/worker/x.json")),
            (None, None, None)
        );
    }

    #[test]
    fn a_redelivery_counts_on() {
        let again = redelivered(event(1), 2);
        assert_eq!(
            again["Records"][0]["attributes"]["ApproximateReceiveCount"],
            "4"
        );
        let other = json!({"path": "/"});
        assert_eq!(redelivered(other.clone(), 1), other);
    }

    #[test]
    fn a_shuffle_keeps_all_records_and_follows_from_its_seed() {
        let ids = |event: &Value| -> Vec<String> {
            let records = event["Records"].as_array().unwrap().iter();
            records
                .map(|record| record["messageId"].as_str().unwrap().into())
                .collect()
        };
        let (first, again) = (shuffled(event(10), 7), shuffled(event(10), 7));
        assert_eq!(first, again);
        assert_ne!(first, event(10));
        let mut sorted = ids(&first);
        sorted.sort();
        assert_eq!(sorted, ids(&event(10)));
    }
}
