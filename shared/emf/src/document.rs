//! One line, in the order in which people read it: metadata, dimensions, properties, values.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::dimensions::Dimensions;
use crate::name::METADATA;
use crate::pack::Chunk;
use crate::unit::Unit;

/// One line of the log.
pub(crate) struct Document<'a> {
    /// Milliseconds since 1970 in UTC.
    pub(crate) timestamp: u64,
    pub(crate) namespace: &'a str,
    pub(crate) dimensions: &'a Dimensions,
    pub(crate) properties: &'a BTreeMap<String, Value>,
    pub(crate) chunks: &'a [Chunk<'a>],
}

impl Document<'_> {
    /// Its length as JSON.
    pub(crate) fn bytes(&self) -> usize {
        serde_json::to_vec(self).map_or(usize::MAX, |line| line.len())
    }

    /// A property whose name a metric or dimension of this line has gives way.
    fn free_properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        let taken: BTreeSet<&str> = self
            .chunks
            .iter()
            .map(|chunk| chunk.metric.name())
            .collect();
        let free = move |name: &str| !taken.contains(name) && !self.dimensions.has(name);
        self.properties.iter().filter(move |(name, _)| free(name))
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut root = serializer.serialize_map(None)?;
        root.serialize_entry(METADATA, &Metadata::of(self))?;
        for (name, value) in self.dimensions.values() {
            root.serialize_entry(name, value)?;
        }
        for (name, value) in self.free_properties() {
            root.serialize_entry(name, value)?;
        }
        for chunk in self.chunks {
            root.serialize_entry(chunk.metric.name(), &chunk.value)?;
        }
        root.end()
    }
}

#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    timestamp: u64,
    cloud_watch_metrics: [Directive<'a>; 1],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: Vec<Vec<&'a str>>,
    metrics: Vec<Definition<'a>>,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition<'a> {
    name: &'a str,
    unit: Unit,
    storage_resolution: u8,
}

impl<'a> Metadata<'a> {
    fn of(document: &'a Document<'_>) -> Self {
        let definition = |chunk: &'a Chunk<'_>| Definition {
            name: chunk.metric.name(),
            unit: chunk.metric.unit(),
            storage_resolution: chunk.metric.resolution(),
        };
        let directive = Directive {
            namespace: document.namespace,
            dimensions: document.dimensions.sets(),
            metrics: document.chunks.iter().map(definition).collect(),
        };
        Self {
            timestamp: document.timestamp,
            cloud_watch_metrics: [directive],
        }
    }
}
