//! What a schema says of an input, and what the kind itself says.

use std::sync::LazyLock;

use domain::kind::{About, Catalogue};
use jsonschema::Validator;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::{AggregateInput, AnalyzeInput, ExportInput, catalogue};

/// Inputs as callers send them, with every field somewhere.
fn good() -> Vec<(&'static str, Value)> {
    let upload = "01890a5d-ac96-774b-bcce-b302099a8057";
    vec![
        ("aggregate", json!({})),
        (
            "aggregate",
            json!({"group_by": ["service", "time"], "bucket": "minute", "window": "7d"}),
        ),
        (
            "aggregate",
            json!({
                "group_by": [], "from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00+01:00",
                "compare": "previous", "limit": 10_000,
                "only": {
                    "service": ["shop"], "path": ["/a"], "route": ["/:id"], "method": ["GET"],
                    "status": [200, 404], "status_class": ["2xx", "5xx"], "user": ["ada"],
                },
            }),
        ),
        ("export", json!({"source": "events"})),
        (
            "export",
            json!({
                "source": "users", "format": "parquet", "compression": "gzip",
                "from": "2026-01-01T00:00:00Z", "to": null, "columns": ["user", "last_seen"],
                "escape_formulas": false,
            }),
        ),
        (
            "export",
            json!({"source": "report", "format": "jsonl", "report": upload}),
        ),
        (
            "analyze",
            json!({
                "documents": [{"id": "a.1", "text": "Fine."}, {"id": "b", "text": ""}],
                "language": "en", "provider": "builtin", "max_cost_usd": 0.25,
            }),
        ),
        (
            "analyze",
            json!({"upload_id": upload, "format": "csv", "text_column": "text", "id_column": "n"}),
        ),
        (
            "analyze",
            json!({"query": {
                "source": "logs", "text_field": "message", "from": "2026-01-01T00:00:00Z", "to": null,
                "service": "shop", "level": "error", "text": "timeout", "limit": 50_000,
            }}),
        ),
        ("external", json!({"anything": [1, {"goes": null}]})),
    ]
}

struct Both {
    catalogue: Catalogue,
    validators: Vec<(&'static str, Validator)>,
}

static BOTH: LazyLock<Both> = LazyLock::new(|| {
    let catalogue = catalogue();
    let validator = |about: About| {
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        (about.name, options.build(&about.input).unwrap())
    };
    let validators = catalogue.about().map(validator).collect();
    Both {
        catalogue,
        validators,
    }
});

/// Whether the schema takes it, and whether the kind does.
fn verdicts(kind: &str, input: &Value) -> (bool, bool) {
    let mut validators = BOTH.validators.iter();
    let (_, validator) = validators.find(|(name, _)| *name == kind).unwrap();
    let checked = BOTH.catalogue.get(kind).unwrap().validate(input);
    (validator.is_valid(input), checked.is_ok())
}

/// Whether the kind's type can hold it, whatever the kind's check says.
fn has_the_shape(kind: &str, input: &Value) -> bool {
    fn reads<T: DeserializeOwned>(input: &Value) -> bool {
        input.is_object() && T::deserialize(input).is_ok()
    }
    match kind {
        "aggregate" => reads::<AggregateInput>(input),
        "analyze" => reads::<AnalyzeInput>(input),
        "export" => reads::<ExportInput>(input),
        _ => reads::<Map<String, Value>>(input),
    }
}

#[test]
fn good_inputs_are_good_by_both() {
    for (kind, input) in good() {
        assert_eq!(verdicts(kind, &input), (true, true), "{kind} {input}");
    }
}

/// What forms can tell before the server does.
#[test]
fn limits_are_in_the_schema() {
    let documents = |count: usize| {
        let document = |n: usize| json!({"id": n.to_string(), "text": "x"});
        json!({"documents": (0..count).map(document).collect::<Vec<_>>()})
    };
    let bad = [
        ("aggregate", json!({"limit": 0})),
        ("aggregate", json!({"limit": 10_001})),
        ("aggregate", json!({"window": "1y"})),
        ("aggregate", json!({"group_by": ["service", "service"]})),
        ("aggregate", json!({"from": "yesterday"})),
        ("aggregate", json!({"only": {"services": []}})),
        ("aggregate", json!({"only": {"status_class": ["6xx"]}})),
        ("export", json!({})),
        ("export", json!({"source": "events", "columns": []})),
        ("export", json!({"source": "report", "report": "7"})),
        ("analyze", json!({})),
        ("analyze", json!({"upload_id": null})),
        ("analyze", documents(0)),
        ("analyze", documents(1_001)),
        ("analyze", json!({"documents": [{"id": "a b", "text": ""}]})),
        (
            "analyze",
            json!({"query": {"source": "logs", "limit": 50_001}}),
        ),
        (
            "analyze",
            json!({"query": {"source": "logs"}, "upload_id": "01890a5d-ac96-774b-bcce-b302099a8057"}),
        ),
        (
            "analyze",
            json!({"query": {"source": "logs"}, "language": "xx"}),
        ),
        (
            "analyze",
            json!({"query": {"source": "logs"}, "max_cost_usd": 100_000_000_000_u64}),
        ),
        ("external", json!([])),
    ];
    for (kind, input) in bad {
        assert_eq!(verdicts(kind, &input), (false, false), "{kind} {input}");
    }
}

/// Where something is in a value, as RFC 6901 has it.
fn places(value: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(n, item)| (n.to_string(), item))
            .collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| (name.clone(), field))
            .collect(),
        _ => vec![],
    };
    let deeper = inner.into_iter().flat_map(|(name, value)| {
        let below = places(value).into_iter();
        below.map(move |place| format!("/{name}{place}"))
    });
    std::iter::once(String::new()).chain(deeper).collect()
}

/// Changes that callers make by mistake.
#[derive(Debug, Clone)]
enum Mistake {
    Instead(Value),
    Without(Index),
    Beside(Value),
}

fn mistake() -> impl Strategy<Value = Mistake> {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(100_000_000_000_u64),
        json!(""),
        json!("x"),
        json!("csv"),
        json!("service"),
        json!("2026-01-01T00:00:00Z"),
        json!("2026-01-01"),
        json!("01890a5d-ac96-774b-bcce-b302099a8057"),
        json!([]),
        json!(["x"]),
        json!({}),
        json!({"id": "x"}),
        json!("é".repeat(200)),
    ];
    let value = || select(values.to_vec());
    prop_oneof![
        value().prop_map(Mistake::Instead),
        any::<Index>().prop_map(Mistake::Without),
        value().prop_map(Mistake::Beside),
    ]
}

fn make(mistake: Mistake, place: &mut Value) {
    match (mistake, place) {
        (Mistake::Instead(value), place) => *place = value,
        (Mistake::Without(which), Value::Object(fields)) if !fields.is_empty() => {
            let name = fields
                .keys()
                .nth(which.index(fields.len()))
                .cloned()
                .unwrap();
            fields.remove(&name);
        }
        (Mistake::Without(which), Value::Array(items)) if !items.is_empty() => {
            items.remove(which.index(items.len()));
        }
        (Mistake::Beside(value), Value::Object(fields)) => {
            fields.insert("unheard_of".into(), value);
        }
        (Mistake::Beside(value), Value::Array(items)) => items.push(value),
        _ => {}
    }
}

/// serde takes a list for the fields of an object, in their order. The schema does not, and with that it
/// says what is right.
fn has_list_for_object(input: &Value) -> bool {
    let documents = input["documents"].as_array();
    let listed = documents.is_some_and(|documents| documents.iter().any(Value::is_array));
    listed
        || ["only", "query"]
            .iter()
            .any(|field| input[field].is_array())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A form never refuses what the server would take, and what has not even the right shape is
    /// refused by both.
    #[test]
    fn they_agree_on_mistakes(
        which in any::<Index>(),
        mistakes in prop::collection::vec((any::<Index>(), mistake()), 1..4),
    ) {
        let inputs = good();
        let (kind, mut input) = inputs[which.index(inputs.len())].clone();
        for (at, mistake) in mistakes {
            let places = places(&input);
            let place = &places[at.index(places.len())];
            make(mistake, input.pointer_mut(place).unwrap());
        }
        prop_assume!(!has_list_for_object(&input));
        let (by_schema, by_kind) = verdicts(kind, &input);
        prop_assert!(by_schema || !by_kind, "only the schema refuses {kind} {input}");
        let shapeless = !has_the_shape(kind, &input);
        prop_assert!(!(by_schema && shapeless), "the schema takes {kind} {input}");
    }
}
