//! A capture as an object holds it: JSON, with the version of its form.

use domain::capture::Capture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version that is written, and the newest one that is read.
const VERSION: u8 = 1;

#[derive(Serialize)]
struct Versioned<'a> {
    v: u8,
    #[serde(flatten)]
    capture: &'a Capture,
}

/// What every version has.
#[derive(Deserialize)]
struct Version {
    v: u64,
}

/// An object is no capture that this release knows.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// A later release wrote it.
    #[error(
        "the capture has version {0}, this release knows up to {VERSION}: a newer one must read it"
    )]
    Newer(u64),
    /// It has other fields, or other values in them.
    #[error(transparent)]
    Form(#[from] serde_json::Error),
}

pub(super) fn write(capture: &Capture) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Versioned {
        v: VERSION,
        capture,
    })
}

/// Looks at the version before a field is taken for something that it is not.
pub(super) fn read(form: Value) -> Result<Capture, Unreadable> {
    let Version { v } = Version::deserialize(&form)?;
    if v > u64::from(VERSION) {
        return Err(Unreadable::Newer(v));
    }
    Ok(Capture::deserialize(form)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::build::NOW;
    use testkit::contract::captures::capture;
    use testkit::formats::{Codec, Forms};

    use super::*;

    #[test]
    fn a_capture_is_kept_as_recorded() {
        let codec = Codec {
            write: |capture: &Capture| serde_json::from_slice(&write(capture).unwrap()).unwrap(),
            read: |form: &Value| read(form.clone()),
            open: &["/records/0", "/records/1"],
        };
        let kept = capture("worker", NOW, 1);
        let mut newer = Forms::of(env!("CARGO_MANIFEST_DIR")).hold("capture", &kept, &codec);
        newer["v"] = json!(2);
        for newer in [newer, json!({"v": 2})] {
            let refused = read(newer).unwrap_err();
            assert!(matches!(refused, Unreadable::Newer(2)), "{refused:?}");
        }
    }

    #[test]
    fn what_is_no_capture_is_told() {
        let whole: Value =
            serde_json::from_slice(&write(&capture("worker", NOW, 1)).unwrap()).unwrap();
        for (field, other) in [
            ("v", json!("1")),
            ("v", Value::Null),
            ("records", json!({})),
            ("at", json!("yesterday")),
        ] {
            let mut form = whole.clone();
            form[field] = other;
            let refused = read(form).unwrap_err();
            assert!(
                matches!(refused, Unreadable::Form(_)),
                "{field}: {refused:?}"
            );
        }
    }
}
