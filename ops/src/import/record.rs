//! What a format's reader finds, and how that becomes an event.

use domain::event::Event;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::datetime;

/// Whether a moment is in the future is the server's to say, by its clock.
const END_OF_TIME: OffsetDateTime = datetime!(9999-01-01 00:00 UTC);

/// A line or record of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The number of its (first) line, from 1.
    pub line: u64,
    /// Its bytes, from which its id is made.
    pub content: Vec<u8>,
    /// The event's fields as far as the file has them, or what is wrong.
    pub fields: Result<Map<String, Value>, Problem>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable, for programs.
    pub code: String,
    /// For people.
    pub message: String,
}

impl Problem {
    /// A problem.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into());
        Self { code, message }
    }
}

/// What holds for all lines of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// The type of events that do not say theirs.
    pub event_type: String,
    /// The service of events that do not name one.
    pub service: String,
    /// Part of every id that is made, so that files that have lines in common can be told apart.
    pub source: String,
}

impl Record {
    /// The event as JSON.
    pub fn event(self, defaults: &Defaults) -> Result<Vec<u8>, Problem> {
        let mut fields = self.fields?;
        let event_type = fields
            .entry("type")
            .or_insert_with(|| json!(defaults.event_type));
        let event_type = event_type.as_str().unwrap_or_default().to_owned();
        // The others belong to no service.
        if matches!(&*event_type, "request" | "log") {
            let service = || json!(defaults.service);
            fields.entry("service").or_insert_with(service);
        }
        if !fields.contains_key("id") {
            let id = id(&defaults.source, &event_type, self.line, &self.content);
            fields.insert("id".into(), Value::String(id));
        }
        let event = Value::Object(fields);
        let text = event.to_string().into_bytes();
        Event::parse(event, END_OF_TIME)
            .map_err(|invalid| Problem::new(invalid.code, invalid.message))?;
        Ok(text)
    }
}

/// The first half of a SHA-256 over the source's name, the type, the line's number and its bytes. Lines
/// that are alike at different places are different events; a line that is read again is the same one,
/// also when lines were added after it or one before it was mended in place.
fn id(source: &str, event_type: &str, line: u64, content: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [source.as_bytes(), event_type.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(line.to_be_bytes());
    hash.update(content);
    let digest = hash.finalize();
    let half = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
    half.fold("import-".to_owned(), |id, hex| id + &hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Defaults {
        Defaults {
            event_type: "log".into(),
            service: "web".into(),
            source: String::new(),
        }
    }

    fn event(fields: &Value, line: u64, defaults: &Defaults) -> Result<Value, Problem> {
        let content = fields.to_string().into_bytes();
        let fields = fields.as_object().cloned().ok_or(Problem::new("", ""));
        let record = Record {
            line,
            content,
            fields,
        };
        record
            .event(defaults)
            .map(|text| serde_json::from_slice(&text).unwrap())
    }

    fn log() -> Value {
        json!({"at": "2026-01-01T00:00:00Z", "level": "info", "message": "m"})
    }

    #[test]
    fn an_id_comes_from_place_and_content() {
        let id = |line, defaults: &Defaults| event(&log(), line, defaults).unwrap()["id"].clone();
        assert_eq!(id(1, &defaults()), id(1, &defaults()));
        assert_ne!(id(1, &defaults()), id(2, &defaults()));
        let source = "other".into();
        assert_ne!(
            id(1, &defaults()),
            id(
                1,
                &Defaults {
                    source,
                    ..defaults()
                }
            )
        );
        let mut named = log();
        named["id"] = json!("own");
        assert_eq!(event(&named, 1, &defaults()).unwrap()["id"], "own");
    }

    #[test]
    fn what_is_not_said_is_filled_in() {
        let made = event(&log(), 1, &defaults()).unwrap();
        assert_eq!(
            (&made["type"], &made["service"]),
            (&json!("log"), &json!("web"))
        );
        let session = json!({"type": "session", "at": "2026-01-01T00:00:00Z", "session_id": "s", "action": "end"});
        assert_eq!(
            event(&session, 1, &defaults()).unwrap().get("service"),
            None
        );
    }

    #[test]
    fn the_systems_own_check_comes_first() {
        let broken = event(&json!({"at": "yesterday"}), 1, &defaults()).unwrap_err();
        assert_eq!(broken.code, "invalid_field");
        let unknown = event(&json!({"type": "metric"}), 1, &defaults()).unwrap_err();
        assert_eq!(unknown.code, "unknown_type");
    }
}
