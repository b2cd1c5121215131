//! Nested objects, read as their schemas have them.
//!
//! serde's derived code takes a list for an object too, and its items for the fields in the order
//! in which the type happens to have them. No schema says so, and no caller means it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// An object and nothing else.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Object(PhantomData).deserialize(deserializer)
}

/// An object or null.
pub(crate) fn object_or_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let given: Option<Strict<T>> = Option::deserialize(deserializer)?;
    Ok(given.map(|Strict(object)| object))
}

/// A list of objects, or null.
pub(crate) fn objects_or_null<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let given: Option<Vec<Strict<T>>> = Option::deserialize(deserializer)?;
    Ok(given.map(|objects| objects.into_iter().map(|Strict(object)| object).collect()))
}

struct Strict<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Strict<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

struct Object<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Object<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::catalogue;

    /// What the caller is told, and of which field.
    #[test]
    fn a_list_for_an_object_is_refused_by_name() {
        for (kind, input, field) in [
            ("aggregate", json!({"only": [["shop"]]}), "only"),
            ("analyze", json!({"query": ["logs"]}), "query"),
            (
                "analyze",
                json!({"documents": [["a", "Fine."]]}),
                "documents[0]",
            ),
        ] {
            let refused = catalogue().get(kind).unwrap().validate(&input).unwrap_err();
            assert_eq!(refused.len(), 1, "{input}");
            assert_eq!(refused[0].field, field, "{input}");
            assert!(
                refused[0].message.contains("expected an object"),
                "{refused:?}"
            );
        }
    }
}
