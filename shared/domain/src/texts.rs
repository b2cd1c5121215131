//! Texts among a tenant's events.

use time::OffsetDateTime;

use crate::event::{Event, What};

/// Which events to look among.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TextSource {
    /// Log lines.
    Logs,
    /// Events of every type.
    Events,
}

/// Which texts to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextQuery {
    /// Among which events.
    pub source: TextSource,
    /// The event's field that holds the text: one of its own, or one we have no name for. Events
    /// without text there are passed over.
    pub field: String,
    /// Only of events at or after this moment.
    pub from: Option<OffsetDateTime>,
    /// Only of events before this moment.
    pub to: Option<OffsetDateTime>,
    /// Only of this service.
    pub service: Option<String>,
    /// Only of this level; what has none is no match.
    pub level: Option<String>,
    /// Only texts that hold this, in capitals or not.
    pub contains: Option<String>,
    /// At most this many texts.
    pub limit: usize,
    /// At most so many bytes of text in all.
    pub most_bytes: usize,
}

impl TextQuery {
    /// The text of an event that matches; where an event's time lies is the store's to compare.
    pub fn text_of(&self, event: &Event) -> Option<String> {
        let own = matches!((self.source, &event.what), (TextSource::Logs, What::Log(_)))
            || self.source == TextSource::Events;
        let (service, level) = match &event.what {
            What::Log(log) => (Some(&log.service), Some(&log.level)),
            What::Request(request) => (Some(&request.service), None),
            What::Session(_) | What::User(_) => (None, None),
        };
        let is = |wanted: &Option<String>, found: Option<&String>| {
            wanted.is_none() || wanted.as_ref() == found
        };
        if !own || !is(&self.service, service) || !is(&self.level, level) {
            return None;
        }
        let text = field(event, &self.field)?;
        let holds = self.contains.as_ref().is_none_or(|wanted| {
            let text = text.to_lowercase();
            text.contains(&wanted.to_lowercase())
        });
        (holds && !text.trim().is_empty()).then_some(text)
    }
}

/// The text in a field, if that holds text.
fn field(event: &Event, name: &str) -> Option<String> {
    match (&event.what, name) {
        (What::Log(log), "message") => return Some(log.message.clone()),
        (What::Request(request), "path") => return Some(request.path.clone()),
        _ => {}
    }
    let extra = match &event.what {
        What::Log(log) => &log.extra,
        What::Request(request) => &request.extra,
        What::Session(session) => &session.extra,
        What::User(user) => &user.extra,
    };
    extra.get(name)?.as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;

    fn event(item: Value) -> Event {
        Event::parse(item, datetime!(2026-01-01 0:00 UTC)).unwrap()
    }

    fn log(message: &str) -> Event {
        event(
            json!({"id": "l", "type": "log", "at": "2025-01-01T00:00:00Z", "service": "shop",
            "level": "warn", "message": message, "comment": "said beside"}),
        )
    }

    fn user() -> Event {
        event(
            json!({"id": "u", "type": "user", "at": "2025-01-01T00:00:00Z", "user": "ada",
            "comment": "It works WELL", "age": 7}),
        )
    }

    fn query(source: TextSource) -> TextQuery {
        TextQuery {
            source,
            field: "message".into(),
            from: None,
            to: None,
            service: None,
            level: None,
            contains: None,
            limit: 10,
            most_bytes: 1_000,
        }
    }

    #[test]
    fn a_log_lines_text_is_its_message() {
        let query = query(TextSource::Logs);
        assert_eq!(query.text_of(&log("up")).as_deref(), Some("up"));
        assert_eq!(query.text_of(&log(" ")), None);
        assert_eq!(query.text_of(&user()), None);
    }

    #[test]
    fn any_field_with_text_can_be_asked_for() {
        let query = TextQuery {
            field: "comment".into(),
            ..query(TextSource::Events)
        };
        assert_eq!(query.text_of(&user()).as_deref(), Some("It works WELL"));
        assert_eq!(query.text_of(&log("up")).as_deref(), Some("said beside"));
        let number = TextQuery {
            field: "age".into(),
            ..query
        };
        assert_eq!(number.text_of(&user()), None);
    }

    #[test]
    fn each_condition_counts() {
        let all = query(TextSource::Logs);
        let some = |text: &str| Some(text.to_owned());
        for (query, found) in [
            (
                TextQuery {
                    service: some("shop"),
                    ..all.clone()
                },
                true,
            ),
            (
                TextQuery {
                    service: some("till"),
                    ..all.clone()
                },
                false,
            ),
            (
                TextQuery {
                    level: some("warn"),
                    ..all.clone()
                },
                true,
            ),
            (
                TextQuery {
                    level: some("info"),
                    ..all.clone()
                },
                false,
            ),
            (
                TextQuery {
                    contains: some("TIME"),
                    ..all.clone()
                },
                true,
            ),
            (
                TextQuery {
                    contains: some("disk"),
                    ..all.clone()
                },
                false,
            ),
        ] {
            assert_eq!(query.text_of(&log("Timeout")).is_some(), found, "{query:?}");
        }
    }
}
