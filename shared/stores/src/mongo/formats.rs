//! Documents as releases have recorded them, in `formats/`, in MongoDB's extended JSON: events are kept
//! for more than a year, so a collection holds what many releases wrote.

use std::fmt::Debug;

use bson::{Bson, DateTime, Document, doc};
use serde_json::{Value, json};
use testkit::formats::{Codec, Forms};

/// A document, written and read as the adapter does, is as recorded; and one of a newer layout is
/// refused as that.
pub(super) fn hold<T: PartialEq + Debug, E: Debug>(
    name: &str,
    value: &T,
    write: impl Fn(&T) -> Document,
    read: impl Fn(&Document) -> Result<T, E>,
    open: &'static [&'static str],
) {
    let codec = Codec {
        write: |value: &T| to_json(&Bson::Document(write(value))),
        read: |form: &Value| read(&document(form)),
        open,
    };
    let written = Forms::of(env!("CARGO_MANIFEST_DIR")).hold(name, value, &codec);
    for v in [doc! { "v": 2 }, doc! { "v": 2_i64 }, doc! { "v": "2" }] {
        let mut newer = document(&written);
        newer.extend(v);
        let refused = read(&newer).expect_err(name);
        assert!(format!("{refused:?}").contains(super::layout::LATER));
    }
    let mut first = document(&written);
    first.insert("v", 1);
    assert_eq!(&read(&first).unwrap(), value, "{name}: no v is 1");
}

fn to_json(value: &Bson) -> Value {
    match value {
        Bson::String(text) => json!(text),
        Bson::Int32(number) => json!(number),
        Bson::Int64(number) => json!({"$numberLong": number.to_string()}),
        Bson::Double(number) => json!(number),
        Bson::DateTime(at) => {
            json!({"$date": {"$numberLong": at.timestamp_millis().to_string()}})
        }
        Bson::Array(list) => list.iter().map(to_json).collect(),
        Bson::Document(document) => {
            let fields = document.iter();
            let fields = fields.map(|(name, value)| (name.clone(), to_json(value)));
            Value::Object(fields.collect())
        }
        other => panic!("no document of ours holds {other:?}"),
    }
}

fn document(form: &Value) -> Document {
    let fields = form.as_object().unwrap().iter();
    fields
        .map(|(name, value)| (name.clone(), of_json(value)))
        .collect()
}

fn of_json(form: &Value) -> Bson {
    let long = |form: &Value| form["$numberLong"].as_str()?.parse::<i64>().ok();
    match form {
        Value::String(text) => Bson::String(text.clone()),
        Value::Number(number) => number.as_i64().map_or_else(
            || Bson::Double(number.as_f64().unwrap()),
            |whole| Bson::Int32(i32::try_from(whole).unwrap()),
        ),
        Value::Array(list) => list.iter().map(of_json).collect(),
        Value::Object(_) if form.get("$date").is_some() => {
            Bson::DateTime(DateTime::from_millis(long(&form["$date"]).unwrap()))
        }
        Value::Object(_) => long(form).map_or_else(|| Bson::Document(document(form)), Bson::Int64),
        other => panic!("no form of ours holds {other}"),
    }
}

#[test]
fn extended_json_reads_back() {
    let document_ = doc! {
        "text": "a", "small": 1, "large": 1_i64, "exact": 1.0, "at": DateTime::from_millis(-5),
        "list": [{ "in": 2.5 }],
    };
    let form = to_json(&Bson::Document(document_.clone()));
    assert_eq!(document(&form), document_);
}
