//! The sample events of a function, `events/<function>/<name>.json`.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a sample that cannot be read is no sample"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

/// Each by its name, as it lies there.
pub fn texts(function: &str) -> BTreeMap<String, String> {
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let entries = fs::read_dir(events.join(function)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Each by its name, as what its function takes.
pub fn of<T: DeserializeOwned>(function: &str) -> BTreeMap<String, T> {
    let texts = texts(function).into_iter();
    texts
        .map(|(name, text)| (name, serde_json::from_str(&text).unwrap()))
        .collect()
}
