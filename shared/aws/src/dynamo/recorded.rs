//! Items as releases have recorded them, in `formats/`, in `DynamoDB`'s own JSON.

use std::fmt::Debug;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ports::PortError;
use serde_json::{Map, Value, json};
use testkit::formats::{Codec, Forms};

use super::Item;

/// An item, written and read as the adapter does, is as recorded; and one of a newer layout is refused
/// as that.
pub(super) fn hold<T: PartialEq + Debug>(
    name: &str,
    value: &T,
    write: impl Fn(&T) -> Item,
    read: impl Fn(Item) -> Result<T, PortError>,
    open: &'static [&'static str],
) {
    let codec = Codec {
        write: |value: &T| to_json(&write(value)),
        read: |form: &Value| read(item(form)),
        open,
    };
    let mut newer = Forms::of(env!("CARGO_MANIFEST_DIR")).hold(name, value, &codec);
    newer["v"] = json!({"N": "2"});
    refused(name, read(item(&newer)));
}

/// What only updates by expressions write is read as recorded.
pub(super) fn readable<T: PartialEq + Debug>(
    name: &str,
    value: &T,
    read: impl Fn(Item) -> Result<T, PortError>,
) {
    let recorded = Forms::of(env!("CARGO_MANIFEST_DIR")).recorded(name);
    assert!(!recorded.is_empty(), "{name} is not recorded");
    for (release, form) in recorded {
        assert_eq!(&read(item(&form)).unwrap(), value, "{name} of {release}");
        let mut newer = form;
        newer["v"] = json!({"N": "2"});
        refused(name, read(item(&newer)));
    }
}

fn refused<T: Debug>(name: &str, read: Result<T, PortError>) {
    let refused = read.expect_err(name);
    assert!(
        domain::causes(&refused).contains("the item has layout 2"),
        "{name}: {refused:?}"
    );
}

/// An item in `DynamoDB`'s JSON.
pub(super) fn to_json(item: &Item) -> Value {
    let fields = item
        .iter()
        .map(|(name, value)| (name.clone(), typed(value)));
    Value::Object(fields.collect())
}

fn typed(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(flag) => json!({"BOOL": flag}),
        AttributeValue::Null(_) => json!({"NULL": true}),
        AttributeValue::L(list) => json!({"L": list.iter().map(typed).collect::<Vec<_>>()}),
        AttributeValue::M(map) => json!({"M": to_json(map)}),
        AttributeValue::Ss(set) => {
            let mut set = set.clone();
            set.sort();
            json!({"SS": set})
        }
        other => panic!("no item of ours holds {other:?}"),
    }
}

/// The item of a JSON.
pub(super) fn item(form: &Value) -> Item {
    let fields = form.as_object().unwrap().iter();
    fields
        .map(|(name, value)| (name.clone(), attribute(value.as_object().unwrap())))
        .collect()
}

fn attribute(typed: &Map<String, Value>) -> AttributeValue {
    let (kind, value) = typed.iter().next().unwrap();
    let text = || value.as_str().unwrap().to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "L" => {
            let list = value.as_array().unwrap().iter();
            AttributeValue::L(
                list.map(|each| attribute(each.as_object().unwrap()))
                    .collect(),
            )
        }
        "M" => AttributeValue::M(item(value)),
        "SS" => {
            let set = value.as_array().unwrap().iter();
            AttributeValue::Ss(set.map(|each| each.as_str().unwrap().into()).collect())
        }
        other => panic!("no form of ours holds {other}"),
    }
}
