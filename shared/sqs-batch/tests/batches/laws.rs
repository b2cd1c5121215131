//! Random batches against a model of what ought to become of them.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use proptest::prelude::*;
use sqs_batch::{Batch, Delivery, Outcome};

use super::{body, event, failures};

#[derive(Debug, Clone)]
struct Record {
    group: Option<u8>,
    what: &'static str,
    millis: u64,
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let what = prop::sample::select(vec![
        "done", "done", "done", "retry", "dead", "panic", "poison",
    ]);
    let record = (prop::option::of(0..3_u8), what, 0..20_u64);
    let record = record.prop_map(|(group, what, millis)| Record {
        group,
        what,
        millis,
    });
    prop::collection::vec(record, 0..30)
}

/// The places of the records that are handed to the handler, and of those that are kept.
fn model(fifo: bool, records: &[Record]) -> (Vec<usize>, Vec<usize>) {
    let (mut handled, mut kept) = (Vec::new(), Vec::new());
    let mut stopped = BTreeSet::new();
    for (place, record) in records.iter().enumerate() {
        let group = record.group.filter(|_| fifo);
        let behind = group.is_some_and(|group| stopped.contains(&group));
        if !behind && record.what != "poison" {
            handled.push(place);
        }
        if behind || record.what != "done" {
            kept.push(place);
            stopped.extend(group);
        }
    }
    (handled, kept)
}

/// What a run showed: the order of starts, the most at once, the records kept.
struct Seen {
    starts: Vec<usize>,
    most: usize,
    kept: Vec<usize>,
}

async fn run(fifo: bool, records: &[Record], concurrency: usize) -> Seen {
    let ids: Vec<String> = (0..records.len()).map(|place| place.to_string()).collect();
    let groups: Vec<_> = records
        .iter()
        .map(|one| one.group.map(|group| group.to_string()))
        .collect();
    let rows: Vec<_> = (0..records.len())
        .map(|place| {
            (
                ids[place].as_str(),
                records[place].what,
                groups[place].as_deref(),
            )
        })
        .collect();
    let (starts, running, most) = (
        Mutex::new(Vec::new()),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let handle = |delivery: Delivery<String>| {
        let place: usize = delivery.message_id.parse().unwrap();
        let (starts, running, most) = (&starts, &running, &most);
        async move {
            starts.lock().unwrap().push(place);
            most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
            tokio::time::sleep(Duration::from_millis(records[place].millis)).await;
            running.fetch_sub(1, SeqCst);
            match delivery.body.as_str() {
                "done" => Outcome::Done,
                "retry" => Outcome::RetryAfter(Duration::from_secs(1)),
                "dead" => Outcome::dead_letter("dead"),
                other => panic!("{other}"),
            }
        }
    };
    let report = Batch::new(concurrency)
        .run(event(fifo, &rows), body, handle)
        .await;
    let kept = failures(&report)
        .iter()
        .map(|id| id.parse().unwrap())
        .collect();
    assert_eq!(report.records.len(), records.len());
    Seen {
        starts: starts.into_inner().unwrap(),
        most: most.into_inner(),
        kept,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn batches_end_as_the_model_says(
        fifo in any::<bool>(),
        records in records(),
        concurrency in 1..8_usize,
    ) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        let seen = runtime.block_on(run(fifo, &records, concurrency));
        let (handled, kept) = model(fifo, &records);
        prop_assert_eq!(seen.kept, kept);
        prop_assert!(seen.most <= concurrency);
        for group in 0..3 {
            let of_group = |place: &&usize| fifo && records[**place].group == Some(group);
            let started: Vec<_> = seen.starts.iter().filter(of_group).collect();
            prop_assert!(started.is_sorted(), "records of a group start in order");
        }
        let mut starts = seen.starts;
        starts.sort_unstable();
        prop_assert_eq!(starts, handled);
    }
}
