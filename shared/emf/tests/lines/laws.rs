//! Whatever is recorded: every line is valid, and nothing is lost.

use std::collections::BTreeMap;

use emf::{Dimensions, Metric, Metrics, Unit};
use proptest::prelude::*;
use serde_json::Value;

use super::lines;

/// One call.
#[derive(Debug, Clone)]
struct Call {
    kind: Option<u8>,
    metric: u8,
    unit: Unit,
    values: Vec<f64>,
    counted: bool,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let unit = prop_oneof![Just(Unit::Count), Just(Unit::Milliseconds)];
    let value = prop_oneof![
        -1e15..1e15_f64,
        any::<i32>().prop_map(f64::from),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::MAX),
    ];
    let values = prop::collection::vec(value, 0..220);
    let call = (
        prop::option::of(0..3_u8),
        0..150_u8,
        unit,
        values,
        any::<bool>(),
    );
    let call = call.prop_map(|(kind, metric, unit, values, counted)| Call {
        kind,
        metric,
        unit,
        values,
        counted,
    });
    prop::collection::vec(call, 0..80)
}

/// Whole values of a metric, by dimension, name and unit; sorted.
type Kept = BTreeMap<(Option<String>, String, String), Vec<u64>>;

fn read(lines: &[String]) -> Kept {
    let mut kept = Kept::new();
    for line in lines {
        let root: Value = serde_json::from_str(line).unwrap();
        let kind = root.get("Kind").and_then(Value::as_str).map(str::to_owned);
        let directive = &root["_aws"]["CloudWatchMetrics"][0];
        for metric in directive["Metrics"].as_array().unwrap() {
            let name = metric["Name"].as_str().unwrap().to_owned();
            let values = match &root[&name] {
                Value::Array(many) => many.clone(),
                one => vec![one.clone()],
            };
            let unit = metric["Unit"].as_str().unwrap().to_owned();
            let bits = values.iter().map(|value| value.as_f64().unwrap().to_bits());
            kept.entry((kind.clone(), name, unit))
                .or_default()
                .extend(bits);
        }
    }
    for values in kept.values_mut() {
        values.sort_unstable();
    }
    kept
}

/// What ought to be there, by other means.
#[derive(Default)]
struct Expected {
    values: Kept,
    sums: BTreeMap<(Option<String>, String, String), f64>,
    rejected: u64,
}

impl Expected {
    fn add(&mut self, call: &Call) {
        let kind = call.kind.map(|kind| kind.to_string());
        let key = (
            kind,
            format!("M{}", call.metric),
            format!("{:?}", call.unit),
        );
        for value in &call.values {
            if !value.is_finite() || value.abs() > 2.0_f64.powi(360) {
                self.rejected += 1;
            } else if call.counted {
                *self.sums.entry(key.clone()).or_default() += value;
            } else {
                let values = self.values.entry(key.clone()).or_default();
                values.push((value + 0.0).to_bits());
            }
        }
    }

    fn finish(mut self) -> (Kept, u64) {
        for (key, sum) in self.sums {
            self.values
                .entry(key)
                .or_default()
                .push((sum + 0.0).to_bits());
        }
        for values in self.values.values_mut() {
            values.sort_unstable();
        }
        (self.values, self.rejected)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn nothing_is_lost(calls in calls()) {
        let metrics = Metrics::new("Adology", Dimensions::new()).unwrap();
        let mut expected = Expected::default();
        for call in &calls {
            expected.add(call);
            let at = call.kind.map_or(metrics.clone(), |kind| {
                metrics.with(Dimensions::new().with("Kind", kind.to_string()).unwrap())
            });
            let metric = Metric::named(format!("M{}", call.metric), call.unit).unwrap();
            for value in &call.values {
                if call.counted {
                    at.count(&metric, *value);
                } else {
                    at.record(&metric, *value);
                }
            }
        }
        let (lines, flushed) = lines(&metrics);
        let (values, rejected) = expected.finish();
        prop_assert_eq!(read(&lines), values);
        prop_assert_eq!(flushed.rejected.iter().map(|one| one.values).sum::<u64>(), rejected);
    }

    #[test]
    fn every_accepted_name_makes_a_valid_line(
        metric in ".{0,300}",
        dimension in "[ -~]{0,300}",
        value in "\\PC{0,1100}",
        property in "\\PC{0,20}",
        text in "\\PC*",
    ) {
        let dimensions = Dimensions::new().with(dimension, value).unwrap_or_default();
        let metrics = Metrics::new("Adology", dimensions).unwrap();
        let accepted = metrics.property(property, text);
        if let Ok(metric) = Metric::named(metric, Unit::None) {
            metrics.record(&metric, 1.0);
        }
        lines(&metrics);
        prop_assert!(accepted.is_ok() || lines(&metrics).0.is_empty());
    }
}
