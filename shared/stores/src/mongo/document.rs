//! The stored form of an event.
//!
//! | field | holds |
//! |---|---|
//! | `_id` | `<tenant>/<event id>`: unique, and neither part can hold a `/` before the first one |
//! | `tenant`, `type`, `at`, `received_at` | what queries and indexes use; `at` in whole milliseconds |
//! | `at_rest_ns`, `at_offset_s` | what a date cannot hold of `at`, where not 0 |
//! | `route` | a request's path without what names a single thing, for rows of aggregates |
//! | `service`, `user`, `response_time_ms`, ... | the event's own fields under their own names |
//! | `extra` | fields we have no name for, as JSON text: their keys may hold anything |

use bson::{Bson, DateTime, Document, doc};
use domain::event::{Log, Request, Session, SessionAction, User, What};
use domain::{Event, TenantId, route};
use serde_json::{Map, Value};
use time::UtcOffset;

use super::layout;
use super::moment::Moment;

/// A stored event that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored event's field {field} is missing or not what it should be")]
pub(super) struct Unreadable {
    field: &'static str,
}

/// The key of an event.
pub(super) fn key(tenant: &TenantId, id: &str) -> String {
    format!("{tenant}/{id}")
}

/// The stored form.
pub(super) fn write(tenant: &TenantId, event: &Event, received_at: DateTime) -> Document {
    let at = Moment::from(event.at);
    let mut document = doc! {
        "_id": key(tenant, &event.id), "tenant": tenant.as_str(), "at": at.date,
        "received_at": received_at,
    };
    if at.rest_ns != 0 {
        document.insert("at_rest_ns", at.rest_ns);
    }
    if !event.at.offset().is_utc() {
        document.insert("at_offset_s", event.at.offset().whole_seconds());
    }
    match &event.what {
        What::Request(request) => write_request(&mut document, request),
        What::Log(log) => write_log(&mut document, log),
        What::Session(session) => write_session(&mut document, session),
        What::User(user) => {
            document.extend(doc! { "type": "user", "user": &user.user });
            write_extra(&mut document, &user.extra);
        }
    }
    document
}

fn write_request(document: &mut Document, request: &Request) {
    document.extend(doc! {
        "type": "request", "service": &request.service, "method": &request.method,
        "path": &request.path, "route": route::of(&request.path), "status": i32::from(request.status),
        "response_time_ms": request.response_time_ms,
    });
    write_text(document, "user", request.user.as_ref());
    // Checked on the way in to be below 2^63.
    if let Some(bytes) = request.bytes.and_then(|bytes| i64::try_from(bytes).ok()) {
        document.insert("bytes", bytes);
    }
    write_extra(document, &request.extra);
}

fn write_log(document: &mut Document, log: &Log) {
    document.extend(doc! {
        "type": "log", "service": &log.service, "level": &log.level, "message": &log.message,
    });
    write_extra(document, &log.extra);
}

fn write_session(document: &mut Document, session: &Session) {
    let action = match session.action {
        SessionAction::Start => "start",
        SessionAction::End => "end",
    };
    document.extend(doc! {
        "type": "session", "session_id": &session.session_id, "action": action,
    });
    write_text(document, "user", session.user.as_ref());
    write_extra(document, &session.extra);
}

fn write_text(document: &mut Document, field: &str, text: Option<&String>) {
    if let Some(text) = text {
        document.insert(field, text);
    }
}

fn write_extra(document: &mut Document, extra: &Map<String, Value>) {
    if !extra.is_empty() {
        document.insert("extra", Value::Object(extra.clone()).to_string());
    }
}

/// The event of a stored form.
pub(super) fn read(document: &Document) -> Result<Event, Unreadable> {
    if !layout::is_known(document) {
        return Err(Unreadable {
            field: layout::LATER,
        });
    }
    let fields = Fields(document);
    let what = match fields.text("type")?.as_str() {
        "request" => What::Request(read_request(&fields)?),
        "log" => What::Log(Log {
            service: fields.text("service")?,
            level: fields.text("level")?,
            message: fields.text("message")?,
            extra: fields.extra()?,
        }),
        "session" => What::Session(read_session(&fields)?),
        "user" => What::User(User {
            user: fields.text("user")?,
            extra: fields.extra()?,
        }),
        _ => return Err(Unreadable { field: "type" }),
    };
    let key = fields.text("_id")?;
    let (_, id) = key.split_once('/').ok_or(Unreadable { field: "_id" })?;
    Ok(Event {
        id: id.into(),
        at: fields.at()?,
        what,
    })
}

fn read_request(fields: &Fields<'_>) -> Result<Request, Unreadable> {
    let status = fields.integer("status")?;
    let bytes = fields.optional_integer("bytes")?.map(u64::try_from);
    Ok(Request {
        service: fields.text("service")?,
        user: fields.optional_text("user")?,
        method: fields.text("method")?,
        path: fields.text("path")?,
        status: u16::try_from(status).map_err(|_| Unreadable { field: "status" })?,
        bytes: bytes
            .transpose()
            .map_err(|_| Unreadable { field: "bytes" })?,
        response_time_ms: fields.number("response_time_ms")?,
        extra: fields.extra()?,
    })
}

fn read_session(fields: &Fields<'_>) -> Result<Session, Unreadable> {
    let action = match fields.text("action")?.as_str() {
        "start" => SessionAction::Start,
        "end" => SessionAction::End,
        _ => return Err(Unreadable { field: "action" }),
    };
    Ok(Session {
        session_id: fields.text("session_id")?,
        action,
        user: fields.optional_text("user")?,
        extra: fields.extra()?,
    })
}

/// Reads fields by name and type.
struct Fields<'a>(&'a Document);

impl Fields<'_> {
    fn text(&self, field: &'static str) -> Result<String, Unreadable> {
        self.optional_text(field)?.ok_or(Unreadable { field })
    }

    fn optional_text(&self, field: &'static str) -> Result<Option<String>, Unreadable> {
        match self.0.get(field) {
            None => Ok(None),
            Some(Bson::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Unreadable { field }),
        }
    }

    fn number(&self, field: &'static str) -> Result<f64, Unreadable> {
        self.0.get_f64(field).map_err(|_| Unreadable { field })
    }

    fn integer(&self, field: &'static str) -> Result<i64, Unreadable> {
        self.optional_integer(field)?.ok_or(Unreadable { field })
    }

    fn optional_integer(&self, field: &'static str) -> Result<Option<i64>, Unreadable> {
        match self.0.get(field) {
            None => Ok(None),
            Some(Bson::Int32(number)) => Ok(Some((*number).into())),
            Some(Bson::Int64(number)) => Ok(Some(*number)),
            Some(_) => Err(Unreadable { field }),
        }
    }

    fn small(&self, field: &'static str) -> Result<i32, Unreadable> {
        let number = self.optional_integer(field)?.unwrap_or_default();
        i32::try_from(number).map_err(|_| Unreadable { field })
    }

    fn at(&self) -> Result<time::OffsetDateTime, Unreadable> {
        let date = *self
            .0
            .get_datetime("at")
            .map_err(|_| Unreadable { field: "at" })?;
        let rest_ns = self.small("at_rest_ns")?;
        let offset =
            UtcOffset::from_whole_seconds(self.small("at_offset_s")?).map_err(|_| Unreadable {
                field: "at_offset_s",
            })?;
        Moment { date, rest_ns }
            .to_utc()
            .and_then(|at| at.checked_to_offset(offset))
            .ok_or(Unreadable { field: "at" })
    }

    fn extra(&self) -> Result<Map<String, Value>, Unreadable> {
        let field = "extra";
        self.optional_text(field)?.map_or_else(
            || Ok(Map::new()),
            |text| serde_json::from_str(&text).map_err(|_| Unreadable { field }),
        )
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod recorded;
