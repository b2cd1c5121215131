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
        terms,
        idempotency_key: _,
        trace: _,
    } = request;
    let asked = json!({"kind": kind, "input": input, "tags": tags, "terms": terms.to_json()});
    Fingerprint::of_value(&asked)
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
            trace: None,
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
            TaskRequest {
                terms: RequestedTerms {
                    start: Start::After(Duration::MINUTE),
                    ..RequestedTerms::default()
                },
                ..request(r#"{"a":1,"b":2}"#, &["x"])
            },
        ] {
            assert_ne!(of(&other), first, "{other:?}");
        }
    }
}
