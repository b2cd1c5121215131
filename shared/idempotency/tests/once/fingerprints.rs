//! Equal payloads, and others.

use idempotency::Fingerprint;
use proptest::prelude::*;
use serde_json::{Map, Value};

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let members = prop::collection::vec((".{0,6}", inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn fingerprint(value: &Value) -> Fingerprint {
    Fingerprint::of(value).unwrap()
}

/// Writes the same value with its members the other way round and with white space.
fn otherwise(value: &Value) -> String {
    match value {
        Value::Array(items) => format!(
            "[ {} ]",
            items.iter().map(otherwise).collect::<Vec<_>>().join(" ,\n")
        ),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                format!("{} : {}", Value::from(name.as_str()), otherwise(value))
            };
            format!(
                "{{ {} }}",
                members
                    .iter()
                    .rev()
                    .map(member)
                    .collect::<Vec<_>>()
                    .join(" , ")
            )
        }
        Value::Number(number) => number.as_i64().map_or_else(
            || number.to_string(),
            |whole| {
                let small = whole.unsigned_abs() < 1 << 53;
                if small {
                    format!("{whole}.0")
                } else {
                    whole.to_string()
                }
            },
        ),
        leaf => leaf.to_string(),
    }
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || (one.is_f64() || other.is_f64()) && one.as_f64() == other.as_f64()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let in_other = |(name, value): (&String, &Value)| {
                other.get(name).is_some_and(|there| same(value, there))
            };
            one.len() == other.len() && one.iter().all(in_other)
        }
        (one, other) => one == other,
    }
}

proptest! {
    #[test]
    fn writing_does_not_matter(value in values()) {
        let again: Value = serde_json::from_str(&otherwise(&value)).unwrap();
        prop_assert_eq!(fingerprint(&again), fingerprint(&value));
    }

    #[test]
    fn values_do(one in values(), other in values()) {
        prop_assert_eq!(fingerprint(&one) == fingerprint(&other), same(&one, &other));
    }

    #[test]
    fn a_change_anywhere_does(mut members in prop::collection::btree_map(".{1,4}", values(), 1..5), at in any::<prop::sample::Index>()) {
        let whole = |members: &std::collections::BTreeMap<String, Value>| {
            Value::Object(members.clone().into_iter().collect::<Map<_, _>>())
        };
        let before = fingerprint(&whole(&members));
        let name = members.keys().nth(at.index(members.len())).unwrap().clone();
        let old = members[&name].clone();
        members.insert(name, Value::Array(vec![old]));
        prop_assert_ne!(fingerprint(&whole(&members)), before);
    }
}
