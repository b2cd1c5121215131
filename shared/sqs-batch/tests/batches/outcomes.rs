//! Each way in which a record can end.

use std::future::pending;
use std::sync::Mutex;
use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use sqs_batch::{
    Batch, BoxError, Buried, DeadLetters, Delivery, End, Outcome, Visibility, process,
};

use super::{Notes, body, event, failures};

const SECOND: Duration = Duration::from_secs(1);

async fn obey(delivery: Delivery<String>) -> Outcome {
    match delivery.body.as_str() {
        "done" => Outcome::Done,
        "retry" => Outcome::RetryAfter(SECOND),
        "dead" => Outcome::dead_letter("nobody wants it"),
        "panic" => panic!("no such {}", delivery.body),
        other => panic!("{other}"),
    }
}

fn one_of_each() -> aws_lambda_events::sqs::SqsEvent {
    let bodies = ["done", "retry", "dead", "panic", "poison", "done"];
    let ids = ["a", "b", "c", "d", "e", "f"];
    let records: Vec<_> = ids
        .into_iter()
        .zip(bodies)
        .map(|(id, body)| (id, body, None))
        .collect();
    event(false, &records)
}

#[tokio::test]
async fn each_record_ends_by_itself() {
    let notes = Notes::default();
    let report = Batch::new(2)
        .hide_by(&notes)
        .run(one_of_each(), body, obey)
        .await;
    let ends: Vec<End> = report
        .records
        .iter()
        .map(|record| record.end.clone())
        .collect();
    let expected = [
        End::Done,
        End::Retry(SECOND),
        End::DeadLetter {
            reason: "nobody wants it".into(),
            moved: false,
        },
        End::Panicked {
            message: "no such panic".into(),
        },
        End::Poison {
            reason: "it is poison".into(),
            moved: false,
        },
        End::Done,
    ];
    assert_eq!(ends, expected);
    assert_eq!(failures(&report), ["b", "c", "d", "e"]);
    let mut hidden = notes.take();
    hidden.sort();
    let hidden_as = |id: &str, length| (format!("receipt {id}"), length);
    let zero = Duration::ZERO;
    assert_eq!(
        hidden,
        [
            hidden_as("b", SECOND),
            hidden_as("c", zero),
            hidden_as("e", zero)
        ]
    );
}

#[tokio::test]
async fn the_short_form_gives_the_same_answer() {
    let response = process(one_of_each(), 3, |delivery| async move {
        match delivery.body.body.as_deref() {
            Some("done") => Outcome::Done,
            Some("panic") => panic!("no"),
            _ => Outcome::RetryAfter(SECOND),
        }
    });
    let kept = response.await.batch_item_failures;
    let kept: Vec<_> = kept
        .iter()
        .map(|item| item.item_identifier.as_str())
        .collect();
    assert_eq!(kept, ["b", "c", "d", "e"]);
}

/// Puts away what it is given, unless it cannot.
#[derive(Default)]
struct Cemetery {
    closed: bool,
    graves: Mutex<Vec<(Option<String>, String)>>,
}

impl DeadLetters for Cemetery {
    async fn bury(&self, message: &SqsMessage, reason: &str) -> Result<Buried, BoxError> {
        if self.closed {
            return Err("closed".into());
        }
        let grave = (message.message_id.clone(), reason.to_owned());
        self.graves.lock().unwrap().push(grave);
        Ok(Buried::Moved)
    }
}

#[tokio::test]
async fn dead_letters_that_are_put_away_are_forgotten() {
    let cemetery = Cemetery::default();
    let report = Batch::new(1)
        .bury_by(&cemetery)
        .run(one_of_each(), body, obey)
        .await;
    assert_eq!(failures(&report), ["b", "d"]);
    let graves = cemetery.graves.into_inner().unwrap();
    let expected = [
        (Some("c".to_owned()), "nobody wants it".to_owned()),
        (Some("e".to_owned()), "it is poison".to_owned()),
    ];
    assert_eq!(graves, expected);
}

#[tokio::test]
async fn dead_letters_that_cannot_be_put_away_stay() {
    let cemetery = Cemetery {
        closed: true,
        ..Cemetery::default()
    };
    let report = Batch::new(1)
        .bury_by(&cemetery)
        .run(one_of_each(), body, obey)
        .await;
    assert_eq!(failures(&report), ["b", "c", "d", "e"]);
    assert_eq!(
        report.records[2].fault.as_ref().unwrap().to_string(),
        "closed"
    );
}

/// A queue that does not answer.
struct Hung;

impl Visibility for Hung {
    async fn hide(&self, _: &str, _: Duration) -> Result<(), BoxError> {
        pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_hangs_does_not_hold_up_the_answer() {
    let started = tokio::time::Instant::now();
    let batch = Batch::new(10).hide_by(Hung);
    let report = batch.run(one_of_each(), body, obey).await;
    assert_eq!(failures(&report), ["b", "c", "d", "e"]);
    assert!(report.records[1].fault.is_some());
    assert!(started.elapsed() < 5 * SECOND);
}

#[tokio::test]
async fn panics_outside_the_future_are_caught_too() {
    let records = [("a", "x", None), ("b", "y", None)];
    let handle = |delivery: Delivery<String>| {
        assert_ne!(delivery.body, "x", "before there is a future");
        async { Outcome::Done }
    };
    let report = Batch::new(1)
        .run(event(false, &records), body, handle)
        .await;
    assert_eq!(failures(&report), ["a"]);

    let decode = |message: &SqsMessage| {
        assert_ne!(message.body.as_deref(), Some("y"), "while decoding");
        Ok::<_, String>(())
    };
    let handle = |_: Delivery<()>| async { Outcome::Done };
    let report = Batch::new(1)
        .run(event(false, &records), decode, handle)
        .await;
    assert_eq!(failures(&report), ["b"]);
}

#[tokio::test]
async fn an_empty_event_has_an_empty_answer() {
    let report = Batch::new(0).run(event(false, &[]), body, obey).await;
    let answer = serde_json::to_value(report.response()).unwrap();
    assert_eq!(answer, serde_json::json!({"batchItemFailures": []}));
}

/// What a runtime that serves several invocations at once needs.
#[tokio::test]
async fn batches_can_be_spawned() {
    let notes = std::sync::Arc::new(Notes::default());
    let batch = Batch::new(2).hide_by(notes);
    let running = async move { batch.run(one_of_each(), body, obey).await };
    let report = tokio::spawn(running).await.unwrap();
    assert_eq!(report.records.len(), 6);
}
