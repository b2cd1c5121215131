//! The rules of the format, written from its specification and not from our code
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).

use serde_json::{Map, Value};

const UNITS: &str = "Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes\
|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second\
|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second\
|Gigabits/Second|Terabits/Second|Count/Second|None";

/// Stops at the first rule that the line breaks.
pub(crate) fn check(line: &str) {
    assert!(line.len() <= 256 * 1_024, "a log event has at most 256 KiB");
    assert!(!line.contains('\n'), "a log event is one line");
    assert_eq!(
        repeated_member(line),
        None,
        "members have names of their own"
    );
    let root: Map<String, Value> = serde_json::from_str(line).expect("a JSON object, nothing else");
    let metadata = root["_aws"].as_object().expect("metadata is an object");
    assert_members(metadata, &["Timestamp", "CloudWatchMetrics"], &[]);
    assert!(metadata["Timestamp"].is_u64(), "milliseconds since 1970");
    let directives = metadata["CloudWatchMetrics"].as_array().expect("an array");
    assert!(!directives.is_empty());
    for directive in directives {
        check_directive(directive.as_object().expect("an object"), &root);
    }
}

fn check_directive(directive: &Map<String, Value>, root: &Map<String, Value>) {
    assert_members(directive, &["Namespace", "Dimensions", "Metrics"], &[]);
    let namespace = directive["Namespace"].as_str().expect("a string");
    assert!((1..=255).contains(&namespace.len()));
    let sets = directive["Dimensions"].as_array().expect("an array");
    assert!(!sets.is_empty(), "at least one set, which may be empty");
    for set in sets {
        check_dimensions(set.as_array().expect("an array"), root);
    }
    let metrics = directive["Metrics"].as_array().expect("an array");
    assert!((1..=100).contains(&metrics.len()), "at most 100 metrics");
    for metric in metrics {
        check_metric(metric.as_object().expect("an object"), root);
    }
}

fn check_dimensions(set: &[Value], root: &Map<String, Value>) {
    assert!(set.len() <= 30, "at most 30 dimensions");
    for name in set {
        let name = name.as_str().expect("a string");
        assert!((1..=255).contains(&name.len()));
        let value = root[name]
            .as_str()
            .expect("a dimension's target is a string");
        assert!((1..=1_024).contains(&value.len()));
        assert!(value.is_ascii() && !value.trim().is_empty());
    }
}

fn check_metric(metric: &Map<String, Value>, root: &Map<String, Value>) {
    assert_members(metric, &["Name"], &["Unit", "StorageResolution"]);
    let name = metric["Name"].as_str().expect("a string");
    assert!((1..=255).contains(&name.len()));
    if let Some(unit) = metric.get("Unit") {
        let unit = unit.as_str().expect("a string");
        assert!(UNITS.split('|').any(|known| known == unit), "{unit}");
    }
    if let Some(resolution) = metric.get("StorageResolution") {
        assert!([1, 60].contains(&resolution.as_u64().expect("seconds")));
    }
    match &root[name] {
        Value::Number(_) => {}
        Value::Array(values) => {
            assert!((1..=100).contains(&values.len()), "at most 100 values");
            assert!(values.iter().all(Value::is_number), "a target is numbers");
        }
        other => panic!("a metric's target is a number or numbers: {other}"),
    }
}

fn assert_members(object: &Map<String, Value>, required: &[&str], optional: &[&str]) {
    for name in required {
        assert!(object.contains_key(*name), "{name} is required");
    }
    for name in object.keys() {
        let known = required.contains(&name.as_str()) || optional.contains(&name.as_str());
        assert!(known, "{name} is not in the specification");
    }
}

/// The first member of the root whose name was there before: parsers keep only the last.
fn repeated_member(line: &str) -> Option<String> {
    struct Names(std::collections::BTreeSet<String>, Option<String>);
    impl<'de> serde::de::Visitor<'de> for Names {
        type Value = Self;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
            while let Some((name, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                if !self.0.insert(name.clone()) {
                    self.1.get_or_insert(name);
                }
            }
            Ok(self)
        }
    }
    let mut parser = serde_json::Deserializer::from_str(line);
    let names = Names(std::collections::BTreeSet::new(), None);
    serde::Deserializer::deserialize_map(&mut parser, names)
        .expect("an object")
        .1
}
