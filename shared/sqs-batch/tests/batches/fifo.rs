//! Message groups of FIFO queues.

use std::sync::Mutex;
use std::time::Duration;

use sqs_batch::{Batch, Delivery, End, Outcome};

use super::{Notes, body, event, failures};

const RECORDS: [(&str, &str, Option<&str>); 6] = [
    ("a1", "done", Some("a")),
    ("b1", "done", Some("b")),
    ("a2", "retry", Some("a")),
    ("a3", "done", Some("a")),
    ("b2", "done", Some("b")),
    ("a4", "done", Some("a")),
];

async fn run(fifo: bool, notes: &Notes) -> (Vec<String>, Vec<End>, Vec<String>) {
    let seen = Mutex::new(Vec::new());
    let handle = |delivery: Delivery<String>| {
        seen.lock().unwrap().push(delivery.message_id.clone());
        async move {
            match delivery.body.as_str() {
                "retry" => Outcome::RetryAfter(Duration::from_secs(9)),
                _ => Outcome::Done,
            }
        }
    };
    let batch = Batch::new(4).hide_by(notes);
    let report = batch.run(event(fifo, &RECORDS), body, handle).await;
    let ends = report
        .records
        .iter()
        .map(|record| record.end.clone())
        .collect();
    (failures(&report), ends, seen.into_inner().unwrap())
}

#[tokio::test]
async fn a_failure_holds_back_the_rest_of_its_group() {
    let notes = Notes::default();
    let (failures, ends, seen) = run(true, &notes).await;
    assert_eq!(failures, ["a2", "a3", "a4"]);
    assert_eq!(ends[3], End::Behind);
    assert!(!seen.contains(&"a3".to_owned()) && !seen.contains(&"a4".to_owned()));
    assert!(seen.contains(&"b2".to_owned()));

    let hidden = notes.take();
    let nine = Duration::from_secs(9);
    assert_eq!(hidden.len(), 3, "they come back together");
    assert!(hidden.iter().all(|(_, length)| *length == nine));
}

#[tokio::test]
async fn groups_of_standard_queues_have_no_order() {
    let (failures, ..) = run(false, &Notes::default()).await;
    assert_eq!(failures, ["a2"]);
}

#[tokio::test]
async fn a_fifo_panic_holds_back_its_group_too() {
    let records = [("1", "panic", Some("g")), ("2", "done", Some("g"))];
    let handle = |delivery: Delivery<String>| async move {
        assert_ne!(delivery.body, "panic");
        Outcome::Done
    };
    let report = Batch::new(1).run(event(true, &records), body, handle).await;
    assert_eq!(failures(&report), ["1", "2"]);
}
