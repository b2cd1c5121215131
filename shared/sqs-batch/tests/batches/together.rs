//! Records handled together.

use std::sync::Mutex;
use std::time::Duration;

use sqs_batch::{Batch, Delivery, End, Outcome, Report};

use super::{Notes, body, event, failures};

const SECOND: Duration = Duration::from_secs(1);

fn obey(deliveries: Vec<Delivery<String>>) -> Vec<Outcome> {
    let outcome = |delivery: Delivery<String>| match delivery.body.as_str() {
        "done" => Outcome::Done,
        "retry" => Outcome::RetryAfter(SECOND),
        "dead" => Outcome::dead_letter("nobody wants it"),
        other => panic!("no such {other}"),
    };
    deliveries.into_iter().map(outcome).collect()
}

fn rows<'a>(bodies: &[&'a str], ids: &'a [String]) -> Vec<(&'a str, &'a str, Option<&'a str>)> {
    let rows = ids.iter().zip(bodies);
    rows.map(|(id, body)| (id.as_str(), *body, Some("group")))
        .collect()
}

async fn run(fifo: bool, bodies: &[&str]) -> (Vec<String>, Report) {
    let ids: Vec<String> = (0..bodies.len()).map(|n| n.to_string()).collect();
    let seen = Mutex::new(Vec::new());
    let handle = |deliveries: Vec<Delivery<String>>| async {
        let bodies = deliveries.iter().map(|delivery| delivery.body.clone());
        seen.lock().unwrap().extend(bodies);
        obey(deliveries)
    };
    let event = event(fifo, &rows(bodies, &ids));
    let report = Batch::new(1).run_together(event, body, handle).await;
    assert_eq!(report.records.len(), bodies.len());
    (seen.into_inner().unwrap(), report)
}

#[tokio::test]
async fn the_handler_sees_them_all_and_each_ends_by_itself() {
    let bodies = ["done", "poison", "retry", "dead", "done"];
    let (seen, report) = run(false, &bodies).await;
    assert_eq!(seen, ["done", "retry", "dead", "done"]);
    assert_eq!(failures(&report), ["1", "2", "3"]);
    assert!(matches!(report.records[1].end, End::Poison { .. }));
    assert_eq!(report.records[2].end, End::Retry(SECOND));
}

#[tokio::test]
async fn nothing_overtakes_in_a_group() {
    let (seen, report) = run(true, &["done", "poison", "done"]).await;
    assert_eq!(seen, ["done"], "nothing behind poison is handled");
    assert_eq!(failures(&report), ["1", "2"]);
    let (_, report) = run(true, &["done", "retry", "done"]).await;
    assert_eq!(failures(&report), ["1", "2"]);
    assert_eq!(report.records[2].end, End::Behind);
}

#[tokio::test]
async fn a_panic_concerns_all_that_were_handed_over() {
    let (_, report) = run(false, &["done", "poison", "panic"]).await;
    let panicked =
        |end: &End| matches!(end, End::Panicked { message } if message == "no such panic");
    assert!(panicked(&report.records[0].end) && panicked(&report.records[2].end));
    assert!(matches!(report.records[1].end, End::Poison { .. }));
}

#[tokio::test]
async fn a_record_without_an_outcome_is_kept() {
    let records = [("a", "done", None), ("b", "done", None)];
    let handle = |_: Vec<Delivery<String>>| async { vec![Outcome::Done] };
    let batch = Batch::new(1);
    let report = batch
        .run_together(event(false, &records), body, handle)
        .await;
    assert_eq!(failures(&report), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_done_in_time_comes_back_at_once() {
    let notes = Notes::default();
    let records = [("a", "done", None), ("b", "poison", None)];
    let deadline = tokio::time::Instant::now() + SECOND;
    let batch = Batch::new(1).hide_by(&notes).until(deadline);
    let handle = |_: Vec<Delivery<String>>| std::future::pending();
    let report = batch
        .run_together(event(false, &records), body, handle)
        .await;
    assert_eq!(report.records[0].end, End::OutOfTime);
    assert!(notes.take().contains(&("receipt a".into(), Duration::ZERO)));
}
