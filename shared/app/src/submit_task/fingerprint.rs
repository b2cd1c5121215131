//! What a submission asks for, in one short text.

use serde_json::{Map, Value, json};

use super::TaskRequest;
use crate::digest;

/// Digest of everything the caller decides but the key. The order of an object's fields and the
/// space between them do not matter.
pub(super) fn of(request: &TaskRequest) -> String {
    let TaskRequest {
        kind,
        input,
        tags,
        terms,
        idempotency_key: _,
    } = request;
    let asked =
        json!({"kind": kind, "input": canonical(input), "tags": tags, "terms": terms.to_json()});
    digest::of(&canonical(&asked).to_string())
}

/// The same value with every object's fields in the order of their names.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.keys().collect();
            names.sort_unstable();
            let field = |name: &String| (name.clone(), canonical(&fields[name]));
            Value::Object(names.into_iter().map(field).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::submit_task::{RequestedTerms, Start};

    fn request(text: &str, tags: &[&str]) -> TaskRequest {
        TaskRequest {
            kind: "aggregate".into(),
            input: serde_json::from_str(text).unwrap(),
            tags: tags.iter().map(ToString::to_string).collect(),
            terms: RequestedTerms::default(),
            idempotency_key: None,
        }
    }

    #[test]
    fn spelling_does_not_matter_and_everything_else_does() {
        let first = of(&request(r#"{"a":1,"b":[{"c":2,"d":3}]}"#, &["x"]));
        let respelled = request(r#" {"b": [ {"d":3,"c":2} ], "a": 1}"#, &["x"]);
        assert_eq!(of(&respelled), first);
        for other in [
            request(r#"{"a":1,"b":[{"c":2,"d":4}]}"#, &["x"]),
            request(r#"{"a":1,"b":[{"c":2,"d":3}]}"#, &[]),
            request(r#"{"a":"1","b":[{"c":2,"d":3}]}"#, &["x"]),
            TaskRequest {
                kind: "other".into(),
                ..request(r#"{"a":1,"b":[{"c":2,"d":3}]}"#, &["x"])
            },
            TaskRequest {
                terms: RequestedTerms {
                    start: Start::After(Duration::MINUTE),
                    ..RequestedTerms::default()
                },
                ..request(r#"{"a":1,"b":[{"c":2,"d":3}]}"#, &["x"])
            },
        ] {
            assert_ne!(of(&other), first, "{other:?}");
        }
    }
}
