//! What a line says beside its metrics: searchable in the logs, no part of a metric.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::limits::PROPERTY_BYTES;
use crate::name::{self, NameError};

/// Properties by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Properties {
    values: BTreeMap<String, Value>,
    bytes: usize,
}

/// What is wrong with a property.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PropertyError {
    /// Its name.
    #[error("the name of a property is not one")]
    Name(#[source] NameError),
    /// All properties together would take more than [`PROPERTY_BYTES`].
    #[error("properties have at most {PROPERTY_BYTES} bytes together; {name} has {bytes}")]
    TooLarge {
        /// The one that is too much.
        name: String,
        /// Its bytes of JSON, with its name.
        bytes: usize,
    },
}

impl Properties {
    /// Sets a property; replaces the value it had.
    pub(crate) fn set(&mut self, name: String, value: Value) -> Result<(), PropertyError> {
        name::check(&name).map_err(PropertyError::Name)?;
        let bytes = size(&name, &value);
        let replaced = self.values.get(&name).map_or(0, |old| size(&name, old));
        let total = self.bytes - replaced + bytes;
        if total > PROPERTY_BYTES {
            return Err(PropertyError::TooLarge { name, bytes });
        }
        self.bytes = total;
        self.values.insert(name, value);
        Ok(())
    }

    pub(crate) fn values(&self) -> &BTreeMap<String, Value> {
        &self.values
    }
}

/// Bytes of the member in a line, with its colon and comma.
fn size(name: &str, value: &Value) -> usize {
    Value::from(name).to_string().len() + value.to_string().len() + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacing_a_property_gives_its_room_back() {
        let mut properties = Properties::default();
        let half = Value::from("x".repeat(PROPERTY_BYTES / 2 + 1));
        properties.set("a".into(), half.clone()).unwrap();
        properties.set("a".into(), half.clone()).unwrap();
        let refused = properties.set("b".into(), half.clone());
        assert!(matches!(refused, Err(PropertyError::TooLarge { .. })));
        properties.set("a".into(), Value::Null).unwrap();
        properties.set("b".into(), half).unwrap();
    }

    #[test]
    fn the_metadata_is_no_property() {
        let refused = Properties::default().set("_aws".into(), Value::Null);
        assert_eq!(refused, Err(PropertyError::Name(NameError::Reserved)));
    }
}
