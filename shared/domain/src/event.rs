//! Events that a tenant's services report: requests, log lines, sessions, users.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::text::is_plain;

/// How far ahead of our clock an event's `at` may be, for clocks that differ.
pub const CLOCK_SKEW: Duration = Duration::minutes(5);

/// Most events in one batch.
pub const MOST_IN_BATCH: usize = 1_000;

const LONGEST_NAME: usize = 256;
const LONGEST_PATH: usize = 2_048;
const LONGEST_MESSAGE: usize = 16 * 1024;
const LONGEST_EXTRA: usize = 16 * 1024;

/// Something that happened, once. Events with the same id (in one tenant) are the same event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Unique within the tenant; chosen by the sender.
    pub id: String,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    /// A service answered a request.
    Request(Request),
    /// A service wrote a log line.
    Log(Log),
    /// A session started or ended.
    Session(Session),
    /// A user was seen or registered.
    User(User),
}

/// A request that a service answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Who answered.
    pub service: String,
    /// Who asked, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// The path asked for.
    pub path: String,
    /// The HTTP status code answered.
    pub status: u16,
    /// Size of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How long the answer took, in milliseconds.
    pub response_time_ms: f64,
    /// Fields we have no name for, kept as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A log line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// Who wrote it.
    pub service: String,
    /// Its severity, in the writer's words.
    pub level: String,
    /// The line.
    pub message: String,
    /// Fields we have no name for, kept as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A session's start or end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The session's name, chosen by the sender.
    pub session_id: String,
    /// Whether it started or ended.
    pub action: SessionAction,
    /// Whose it is, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Fields we have no name for, kept as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Start or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionAction {
    /// The session began.
    Start,
    /// The session is over.
    End,
}

/// A user seen or registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The user's name, chosen by the sender.
    pub user: String,
    /// Fields we have no name for, kept as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Why an item of a batch was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct InvalidEvent {
    /// Stable, for programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl InvalidEvent {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl Event {
    /// Checks one item of a batch.
    pub fn parse(item: Value, now: OffsetDateTime) -> Result<Self, InvalidEvent> {
        let Some(fields) = item.as_object() else {
            return Err(InvalidEvent::new(
                "not_an_object",
                "an event is a JSON object",
            ));
        };
        match fields.get("type").and_then(Value::as_str) {
            Some("request" | "log" | "session" | "user") => {}
            Some(other) => {
                let message = format!("type must be request, log, session or user, not {other:?}");
                return Err(InvalidEvent::new("unknown_type", message));
            }
            None => {
                return Err(InvalidEvent::new(
                    "missing_type",
                    "type (a text) is missing",
                ));
            }
        }
        let event: Self = serde_json::from_value(item)
            .map_err(|error| InvalidEvent::new("invalid_field", error.to_string()))?;
        event.check(now)?;
        Ok(event)
    }

    /// The user the event speaks of, where it names one.
    pub fn user(&self) -> Option<&str> {
        match &self.what {
            What::Request(request) => request.user.as_deref(),
            What::Session(session) => session.user.as_deref(),
            What::User(user) => Some(&user.user),
            What::Log(_) => None,
        }
    }

    fn check(&self, now: OffsetDateTime) -> Result<(), InvalidEvent> {
        plain("id", &self.id, crate::ids::LONGEST)?;
        if self.at > now + CLOCK_SKEW {
            let message = format!(
                "at is in the future: {} (our clock: {})",
                rfc3339(self.at),
                rfc3339(now)
            );
            return Err(InvalidEvent::new("in_the_future", message));
        }
        if self.at.year() < 1970 {
            return Err(InvalidEvent::new("invalid_field", "at is before 1970"));
        }
        if let Some(user) = self.user() {
            plain("user", user, LONGEST_NAME)?;
        }
        let extra = match &self.what {
            What::Request(request) => {
                request.check()?;
                &request.extra
            }
            What::Log(log) => {
                plain("service", &log.service, LONGEST_NAME)?;
                plain("level", &log.level, 32)?;
                if log.message.len() > LONGEST_MESSAGE {
                    let message = format!("message is longer than {LONGEST_MESSAGE} bytes");
                    return Err(InvalidEvent::new("invalid_field", message));
                }
                &log.extra
            }
            What::Session(session) => {
                plain("session_id", &session.session_id, LONGEST_NAME)?;
                &session.extra
            }
            What::User(user) => &user.extra,
        };
        if !extra.is_empty() && Value::Object(extra.clone()).to_string().len() > LONGEST_EXTRA {
            let message = format!("fields without a name of ours exceed {LONGEST_EXTRA} bytes");
            return Err(InvalidEvent::new("invalid_field", message));
        }
        Ok(())
    }
}

impl Request {
    fn check(&self) -> Result<(), InvalidEvent> {
        plain("service", &self.service, LONGEST_NAME)?;
        plain("method", &self.method, 32)?;
        plain("path", &self.path, LONGEST_PATH)?;
        if !(100..=599).contains(&self.status) {
            return Err(InvalidEvent::new(
                "invalid_field",
                "status must be 100 to 599",
            ));
        }
        if self
            .bytes
            .is_some_and(|bytes| i64::try_from(bytes).is_err())
        {
            return Err(InvalidEvent::new(
                "invalid_field",
                "bytes must be below 2^63",
            ));
        }
        if !(0.0..=1e9).contains(&self.response_time_ms) {
            let message = "response_time_ms must be 0 to 1000000000";
            return Err(InvalidEvent::new("invalid_field", message));
        }
        Ok(())
    }
}

fn rfc3339(moment: OffsetDateTime) -> String {
    // Years beyond 9999 have no such form; then any form will do.
    moment
        .format(&Rfc3339)
        .unwrap_or_else(|_| moment.to_string())
}

fn plain(field: &str, text: &str, longest: usize) -> Result<(), InvalidEvent> {
    if is_plain(text, longest) {
        return Ok(());
    }
    let message =
        format!("{field} must be 1 to {longest} bytes of text without control characters");
    Err(InvalidEvent::new("invalid_field", message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);

    fn code(item: Value) -> &'static str {
        Event::parse(item, NOW).unwrap_err().code
    }

    fn request() -> Value {
        json!({"id": "os-0", "type": "request", "at": "2017-05-16T00:00:00.008Z",
            "service": "nova", "user": "u1", "method": "GET", "path": "/v2/servers",
            "status": 200, "bytes": 1893, "response_time_ms": 247.7829})
    }

    #[test]
    fn an_event_survives_the_way_there_and_back() {
        let mut item = request();
        item["region"] = json!("eu");
        let event = Event::parse(item.clone(), NOW).unwrap();
        assert_eq!(event.user(), Some("u1"));
        let mut back = serde_json::to_value(&event).unwrap();
        // The same moment, in the shortest spelling.
        back["at"] = item["at"].clone();
        assert_eq!(back, item);
    }

    #[test]
    fn each_kind_of_mistake_has_its_code() {
        assert_eq!(code(json!(7)), "not_an_object");
        assert_eq!(code(json!({"id": "a"})), "missing_type");
        assert_eq!(code(json!({"id": "a", "type": "metric"})), "unknown_type");
        assert_eq!(code(json!({"id": "a", "type": "request"})), "invalid_field");
        for (field, bad) in [
            ("id", json!("")),
            ("id", json!(5)),
            ("at", json!("yesterday")),
            ("status", json!(99)),
            ("status", json!("200")),
            ("response_time_ms", json!(-1)),
            ("bytes", json!(-1)),
            ("user", json!("")),
            ("path", json!("x".repeat(3_000))),
        ] {
            let mut item = request();
            item[field] = bad;
            assert_eq!(code(item), "invalid_field", "{field}");
        }
        let mut item = request();
        item["at"] = json!("2026-01-01T00:05:01Z");
        assert_eq!(code(item), "in_the_future");
    }

    #[test]
    fn sessions_and_users_are_events() {
        let at = "2025-12-31T23:59:00Z";
        for item in [
            json!({"id": "1", "type": "session", "at": at, "session_id": "s", "action": "start"}),
            json!({"id": "2", "type": "session", "at": at, "session_id": "s", "action": "end", "user": "u"}),
            json!({"id": "3", "type": "user", "at": at, "user": "u", "email": "u@example.org"}),
            json!({"id": "4", "type": "log", "at": at, "service": "s", "level": "info", "message": "m"}),
        ] {
            Event::parse(item, NOW).unwrap();
        }
    }
}
