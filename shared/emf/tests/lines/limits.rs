//! At and over the limits.

use std::io;

use emf::{Dimensions, Metric, Metrics, PROPERTY_BYTES, Unit};
use serde_json::Value;

use super::{lines, noon};

const WAIT: Metric = Metric::new("Wait", Unit::Milliseconds);

fn plain() -> Metrics {
    Metrics::new("Adology", Dimensions::new()).unwrap()
}

fn record_names(metrics: &Metrics, count: usize, make: impl Fn(usize) -> String) {
    for n in 0..count {
        metrics.increment(&Metric::named(make(n), Unit::Count).unwrap());
    }
}

#[test]
fn a_line_has_a_hundred_metrics() {
    let metrics = plain();
    record_names(&metrics, 100, |n| format!("M{n}"));
    assert_eq!(lines(&metrics).0.len(), 1);
    record_names(&metrics, 101, |n| format!("M{n}"));
    assert_eq!(lines(&metrics).0.len(), 2);
}

#[test]
fn a_metric_has_a_hundred_values_a_line() {
    let metrics = plain();
    (0..100).for_each(|n| metrics.record(&WAIT, f64::from(n)));
    assert_eq!(lines(&metrics).0.len(), 1);
    (0..101).for_each(|n| metrics.record(&WAIT, f64::from(n)));
    assert_eq!(lines(&metrics).0.len(), 2);
}

/// Everything else at its limit, in the characters that take most room.
#[test]
fn the_fullest_line_still_has_room() {
    let name = |n: usize| format!("{n:02}{}", "\"".repeat(253));
    let value = "\\".repeat(1_024);
    let dimensions = (0..30).try_fold(Dimensions::new(), |all, n| all.with(name(n), &value));
    let names: Vec<String> = (0..30).map(name).collect();
    let dimensions = (0..4).try_fold(dimensions.unwrap(), |all, left_out| {
        let some = names.iter().enumerate().filter(|(n, _)| *n != left_out);
        all.rolled_up_to(some.map(|(_, name)| name.as_str()))
    });
    let metrics = Metrics::new(&"N".repeat(255), dimensions.unwrap()).unwrap();
    let frame = r#""p":"","#.len();
    let property = "x".repeat(PROPERTY_BYTES - frame);
    metrics.property("p", property).unwrap();
    for n in 0..5 {
        let metric = Metric::named(
            format!("m{n}{}", "\"".repeat(253)),
            Unit::KilobytesPerSecond,
        );
        let metric = metric.unwrap();
        (0..100).for_each(|_| metrics.record(&metric, -1.234_567_890_123_456_7e-100));
    }
    let (lines, _) = lines(&metrics);
    assert!(!lines.is_empty());
}

#[test]
fn the_clock_starts_in_1970() {
    let metrics = plain();
    metrics.increment(&WAIT);
    let before = std::time::UNIX_EPOCH - std::time::Duration::from_secs(1);
    assert!(metrics.flush(before, &mut Vec::new()).is_err());
    assert_eq!(lines(&metrics).0.len(), 1, "nothing was lost");
}

#[test]
fn what_a_writer_refuses_is_kept() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let metrics = plain();
    metrics.record(&WAIT, 3.0);
    assert!(metrics.flush(noon(), &mut Full).is_err());
    assert!(lines(&metrics).0[0].contains(r#""Wait":3"#));
}

#[test]
fn a_flush_starts_anew() {
    let metrics = plain();
    metrics.property("request_id", Value::from(1)).unwrap();
    metrics.increment(&WAIT);
    assert_eq!(lines(&metrics).0.len(), 1);
    assert!(lines(&metrics).0.is_empty());
    metrics.increment(&WAIT);
    assert!(!lines(&metrics).0[0].contains("request_id"));
}

#[test]
fn detached_metrics_are_apart() {
    let metrics = plain();
    let apart = metrics.detached();
    apart.increment(&WAIT);
    assert!(lines(&metrics).0.is_empty());
    assert_eq!(lines(&apart).0.len(), 1);
}

#[test]
fn threads_share_a_collection() {
    let metrics = plain();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let metrics = metrics.clone();
            scope.spawn(move || (0..1_000).for_each(|_| metrics.increment(&WAIT)));
        }
    });
    assert!(lines(&metrics).0[0].ends_with(r#""Wait":8000}"#));
}
