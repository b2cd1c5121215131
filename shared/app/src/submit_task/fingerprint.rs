//! What a submission asks for, told apart from others.

use domain::Fingerprint;
use serde_json::json;

use super::TaskRequest;

/// Fingerprint of everything the caller decides but the key.
pub(super) fn of(request: &TaskRequest) -> Fingerprint {
    let TaskRequest {
        kind,
        input,
        tags,
        idempotency_key: _,
    } = request;
    Fingerprint::of_value(&json!({"kind": kind, "input": input, "tags": tags}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str, tags: &[&str]) -> TaskRequest {
        TaskRequest {
            kind: "aggregate".into(),
            input: serde_json::from_str(text).unwrap(),
            tags: tags.iter().map(ToString::to_string).collect(),
            idempotency_key: None,
        }
    }

    #[test]
    fn everything_but_the_key_counts() {
        let first = of(&request(r#"{"a":1,"b":2}"#, &["x"]));
        assert_eq!(of(&request(r#" {"b": 2, "a": 1}"#, &["x"])), first);
        for other in [
            request(r#"{"a":1,"b":3}"#, &["x"]),
            request(r#"{"a":1,"b":2}"#, &[]),
            TaskRequest {
                kind: "other".into(),
                ..request(r#"{"a":1,"b":2}"#, &["x"])
            },
        ] {
            assert_ne!(of(&other), first, "{other:?}");
        }
    }
}
