//! Snapshots: what people and CloudWatch read.

use emf::{Dimensions, Metric, Metrics, Reason, Rejected, Unit};
use serde_json::json;

use super::lines;

const SUBMITTED: Metric = Metric::new("Submitted", Unit::Count);
const QUEUE_WAIT: Metric = Metric::new("QueueWait", Unit::Milliseconds);
const THROUGHPUT: Metric = Metric::new("Throughput", Unit::BytesPerSecond).by_second();

fn service() -> Dimensions {
    Dimensions::new().with("Service", "worker").unwrap()
}

fn metrics() -> Metrics {
    Metrics::new("Adology", service()).unwrap()
}

#[test]
fn counts_add_up_and_values_are_kept() {
    let metrics = metrics();
    metrics.increment(&SUBMITTED);
    metrics.count(&SUBMITTED, 2.0);
    metrics.record(&QUEUE_WAIT, 12.5);
    metrics.record(&QUEUE_WAIT, 7.0);
    metrics.record(&THROUGHPUT, 1e9);
    metrics.property("request_id", "0198").unwrap();
    metrics
        .property("task", json!({"kind": "export", "attempt": 2}))
        .unwrap();
    let (lines, _) = lines(&metrics);
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn each_set_of_dimensions_has_a_line() {
    let metrics = metrics();
    metrics.increment(&SUBMITTED);
    for kind in ["aggregate", "export"] {
        let by_kind = service().with("Kind", kind).unwrap();
        let by_kind = by_kind
            .rolled_up_to(["Service"])
            .unwrap()
            .rolled_up_to([])
            .unwrap();
        metrics.with(by_kind).increment(&SUBMITTED);
    }
    let (lines, _) = lines(&metrics);
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn one_name_in_two_units_takes_two_lines() {
    let metrics = metrics();
    metrics.record(&Metric::new("Size", Unit::Bytes), 1.0);
    metrics.record(&Metric::new("Size", Unit::Count), 2.0);
    let (lines, _) = lines(&metrics);
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_property_gives_way_to_a_metric_or_dimension_of_its_name() {
    let metrics = metrics();
    metrics.property("Service", "another").unwrap();
    metrics.property("Submitted", "yesterday").unwrap();
    metrics.property("kept", true).unwrap();
    metrics.increment(&SUBMITTED);
    let (lines, _) = lines(&metrics);
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_cannot_be_written_is_told() {
    let metrics = metrics();
    metrics.record(&QUEUE_WAIT, f64::NAN);
    metrics.record(&QUEUE_WAIT, f64::INFINITY);
    metrics.record(&QUEUE_WAIT, -1e109);
    metrics.increment(&Metric::new("Service", Unit::Count));
    let (lines, flushed) = lines(&metrics);
    assert!(lines.is_empty());
    let rejected = |metric: &str, reason, values| Rejected {
        metric: metric.to_owned(),
        reason,
        values,
    };
    let both = [
        rejected("QueueWait", Reason::NoNumber, 3),
        rejected("Service", Reason::NameOfDimension, 1),
    ];
    assert_eq!(flushed.rejected, both);
}

#[test]
fn a_count_that_overflows_keeps_what_it_had() {
    let metrics = metrics();
    metrics.count(&SUBMITTED, 2e108);
    metrics.count(&SUBMITTED, 2e108);
    let (lines, flushed) = lines(&metrics);
    assert!(lines[0].ends_with(r#""Submitted":2e108}"#) || lines[0].contains("2e+108"));
    assert_eq!(flushed.rejected.len(), 1);
}

#[test]
fn metrics_need_a_namespace_of_their_own() {
    assert!(Metrics::new("AWS/Lambda", Dimensions::new()).is_err());
    assert!(Metrics::new("", Dimensions::new()).is_err());
}

#[test]
fn every_unit_has_the_name_of_the_specification() {
    use Unit::{
        Bits, BitsPerSecond, Bytes, BytesPerSecond, Count, CountPerSecond, Gigabits,
        GigabitsPerSecond, Gigabytes, GigabytesPerSecond, Kilobits, KilobitsPerSecond, Kilobytes,
        KilobytesPerSecond, Megabits, MegabitsPerSecond, Megabytes, MegabytesPerSecond,
        Microseconds, Milliseconds, Percent, Seconds, Terabits, TerabitsPerSecond, Terabytes,
        TerabytesPerSecond,
    };
    let units = [
        Seconds,
        Microseconds,
        Milliseconds,
        Bytes,
        Kilobytes,
        Megabytes,
        Gigabytes,
        Terabytes,
        Bits,
        Kilobits,
        Megabits,
        Gigabits,
        Terabits,
        Percent,
        Count,
        BytesPerSecond,
        KilobytesPerSecond,
        MegabytesPerSecond,
        GigabytesPerSecond,
        TerabytesPerSecond,
        BitsPerSecond,
        KilobitsPerSecond,
        MegabitsPerSecond,
        GigabitsPerSecond,
        TerabitsPerSecond,
        CountPerSecond,
        Unit::None,
    ];
    let metrics = metrics();
    for unit in units {
        metrics.record(&Metric::named(format!("In {unit:?}"), unit).unwrap(), 1.0);
    }
    assert_eq!(lines(&metrics).0.len(), 1);
}
