//! Recorded forms of what is stored and sent, `formats/<release>/<name>.json` in the crate that writes
//! them: what a release wrote, for the code of every later one to be held against.
//!
//! docs/releases.md has the rules. A form that changed is recorded for the release being made, by
//! running its test with [`RECORD`] set to that release's number; files of releases before it stay as
//! they are.

#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a recorded form is an assertion"
)]

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Names the release that forms are recorded for.
pub const RECORD: &str = "ADOLOGY_RECORD_FORMATS";

/// A name that no form of ours has.
const UNKNOWN: &str = "of_a_later_release";

/// The recorded forms of a crate.
#[derive(Debug)]
pub struct Forms {
    folder: PathBuf,
    record_for: Option<u32>,
}

/// Both directions of a form.
#[derive(Debug, Clone, Copy)]
pub struct Codec<W, R> {
    /// The form of a value.
    pub write: W,
    /// The value of a form.
    pub read: R,
    /// JSON pointers to the objects inside a form that releases may add fields to; the form itself
    /// always is one.
    pub open: &'static [&'static str],
}

impl Forms {
    /// Those of the crate in this folder, which is `env!("CARGO_MANIFEST_DIR")`.
    pub fn of(crate_folder: &str) -> Self {
        let release = std::env::var(RECORD).ok();
        Self {
            folder: Path::new(crate_folder).join("formats"),
            record_for: release.map(|release| release.parse().unwrap()),
        }
    }

    /// The newest recorded form is what is written today and reads as the value, with fields that
    /// nobody knows too; older ones can be read. Gives what is written.
    pub fn hold<T, E>(
        &self,
        name: &str,
        value: &T,
        codec: &Codec<impl Fn(&T) -> Value, impl Fn(&Value) -> Result<T, E>>,
    ) -> Value
    where
        T: PartialEq + Debug,
        E: Debug,
    {
        let written = (codec.write)(value);
        if let Some(release) = self.record_for {
            self.record(name, release, &written);
        }
        let recorded = self.recorded(name);
        let Some((newest, form)) = recorded.last() else {
            panic!("{name} is not recorded: run this test with {RECORD}=<release>");
        };
        assert_eq!(
            form, &written,
            "{name} is not what release {newest} writes. docs/releases.md tells which changes may be \
             made; then run this test with {RECORD}=<release>"
        );
        for (release, form) in &recorded {
            let read = (codec.read)(form);
            assert!(read.is_ok(), "{name} of release {release}: {read:?}");
        }
        assert_eq!(&(codec.read)(form).unwrap(), value, "{name}");
        for place in [""].iter().chain(codec.open) {
            let mut later = form.clone();
            let object = later.pointer_mut(place).and_then(Value::as_object_mut);
            let object = object.unwrap_or_else(|| panic!("{name} has no object at {place}"));
            // Also a form of itself where forms say the type of each value.
            object.insert(UNKNOWN.into(), json!({"S": "whatever"}));
            let read = (codec.read)(&later);
            let read = read.unwrap_or_else(|error| panic!("{name}{place}: {error:?}"));
            assert_eq!(&read, value, "{name}: an unknown field at {place:?}");
        }
        written
    }

    /// The forms of that name, the oldest release first.
    pub fn recorded(&self, name: &str) -> Vec<(u32, Value)> {
        let mut found: Vec<_> = self
            .releases()
            .into_iter()
            .filter_map(|release| {
                let text = fs::read_to_string(self.path(name, release)).ok()?;
                Some((release, serde_json::from_str(&text).unwrap()))
            })
            .collect();
        found.sort_by_key(|(release, _)| *release);
        found
    }

    /// A form that is the same as before needs no file of its own.
    fn record(&self, name: &str, release: u32, written: &Value) {
        let newest = self.releases().into_iter().max().unwrap_or_default();
        assert!(
            release >= newest,
            "release {release} is out: its forms stay as they are"
        );
        let recorded = self.recorded(name);
        if recorded.last().is_some_and(|(_, form)| form == written) {
            return;
        }
        let path = self.path(name, release);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{written:#}\n")).unwrap();
    }

    fn releases(&self) -> Vec<u32> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name());
        names
            .filter_map(|name| name.to_str()?.parse().ok())
            .collect()
    }

    fn path(&self, name: &str, release: u32) -> PathBuf {
        self.folder
            .join(release.to_string())
            .join(format!("{name}.json"))
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    type Write = fn(&u64) -> Value;
    type Read = fn(&Value) -> Result<u64, String>;

    const NUMBER: Codec<Write, Read> = Codec {
        write: |number| json!({"number": number, "inner": {}}),
        read: |form| form["number"].as_u64().ok_or_else(|| "no number".into()),
        open: &["/inner"],
    };

    /// A folder of a test's own, gone with it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let name = format!("adology-{test}-{}", std::process::id());
            Self(std::env::temp_dir().join(name))
        }

        fn forms(&self, record_for: Option<u32>) -> Forms {
            let folder = self.0.clone();
            Forms { folder, record_for }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn fails(check: impl FnOnce() + std::panic::UnwindSafe) -> bool {
        catch_unwind(check).is_err()
    }

    #[test]
    fn what_is_recorded_holds_until_the_form_changes() {
        let folder = Folder::new("formats-change");
        assert!(fails(|| drop(folder.forms(None).hold("n", &1, &NUMBER))));
        folder.forms(Some(1)).hold("n", &1, &NUMBER);
        folder.forms(None).hold("n", &1, &NUMBER);
        assert!(fails(|| drop(folder.forms(None).hold("n", &2, &NUMBER))));
    }

    #[test]
    fn a_release_that_is_out_is_not_recorded_again() {
        let folder = Folder::new("formats-out");
        folder.forms(Some(1)).hold("n", &1, &NUMBER);
        folder.forms(Some(2)).hold("n", &1, &NUMBER);
        assert_eq!(folder.forms(None).recorded("n").len(), 1, "it is the same");
        folder.forms(Some(2)).hold("n", &2, &NUMBER);
        assert_eq!(folder.forms(None).recorded("n").len(), 2);
        assert!(fails(|| drop(folder.forms(Some(1)).hold("n", &1, &NUMBER))));
    }

    #[test]
    fn an_older_form_that_nobody_reads_any_more_is_told() {
        let folder = Folder::new("formats-old");
        folder
            .forms(Some(1))
            .record("n", 1, &json!({"digits": "1"}));
        assert!(fails(|| drop(folder.forms(Some(2)).hold("n", &1, &NUMBER))));
    }

    #[test]
    fn a_reader_that_minds_unknown_fields_is_told() {
        let folder = Folder::new("formats-strict");
        let strict = Codec {
            write: NUMBER.write,
            read: |form: &Value| match form["inner"].as_object() {
                Some(inner) if inner.is_empty() => (NUMBER.read)(form),
                _ => Err("an unknown field".into()),
            },
            open: NUMBER.open,
        };
        folder.forms(Some(1)).hold("n", &1, &NUMBER);
        assert!(fails(|| drop(folder.forms(None).hold("n", &1, &strict))));
    }
}
