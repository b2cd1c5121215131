//! Events as rows.

use serde_json::{Map, Value};

use super::{Cell, Column, Row};
use crate::event::{Event, SessionAction, What};

/// The event's cells in these columns of the sources `events` and `logs`.
pub fn of_event(event: &Event, columns: &[Column]) -> Row {
    let cell = |column: &Column| match column.name.as_str() {
        "id" => Cell::Text(event.id.clone()),
        "at" => Cell::Moment(event.at),
        "user" => Cell::text(event.user()),
        name => of_what(&event.what, name),
    };
    columns.iter().map(cell).collect()
}

fn of_what(what: &What, name: &str) -> Cell {
    match (what, name) {
        (What::Request(_), "type") => Cell::Text("request".into()),
        (What::Request(request), "service") => Cell::Text(request.service.clone()),
        (What::Request(request), "method") => Cell::Text(request.method.clone()),
        (What::Request(request), "path") => Cell::Text(request.path.clone()),
        (What::Request(request), "status") => Cell::Integer(request.status.into()),
        (What::Request(request), "bytes") => {
            // Checked on the way in to be below 2^63.
            let bytes = request.bytes.and_then(|bytes| i64::try_from(bytes).ok());
            bytes.map_or(Cell::None, Cell::Integer)
        }
        (What::Request(request), "response_time_ms") => Cell::Double(request.response_time_ms),
        (What::Request(request), "extra") => extra(&request.extra),
        (What::Log(_), "type") => Cell::Text("log".into()),
        (What::Log(log), "service") => Cell::Text(log.service.clone()),
        (What::Log(log), "level") => Cell::Text(log.level.clone()),
        (What::Log(log), "message") => Cell::Text(log.message.clone()),
        (What::Log(log), "extra") => extra(&log.extra),
        (What::Session(_), "type") => Cell::Text("session".into()),
        (What::Session(session), "session_id") => Cell::Text(session.session_id.clone()),
        (What::Session(session), "action") => Cell::Text(
            match session.action {
                SessionAction::Start => "start",
                SessionAction::End => "end",
            }
            .into(),
        ),
        (What::Session(session), "extra") => extra(&session.extra),
        (What::User(_), "type") => Cell::Text("user".into()),
        (What::User(user), "extra") => extra(&user.extra),
        _ => Cell::None,
    }
}

fn extra(extra: &Map<String, Value>) -> Cell {
    if extra.is_empty() {
        Cell::None
    } else {
        Cell::Json(Value::Object(extra.clone()).to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::export::{ColumnKind, Source, columns};

    /// What an event's row says of it, as the JSON that the event came as.
    fn json_of(event: &Value) -> Value {
        let event = Event::parse(event.clone(), datetime!(2026-01-01 0:00 UTC)).unwrap();
        let columns = columns(Source::Events);
        let mut fields = Map::new();
        for (column, cell) in columns.iter().zip(of_event(&event, &columns)) {
            let (value, kind) = match cell {
                Cell::None => continue,
                Cell::Text(text) => (json!(text), ColumnKind::Text),
                Cell::Integer(number) => (json!(number), ColumnKind::Integer),
                Cell::Double(number) => (json!(number), ColumnKind::Double),
                Cell::Boolean(yes) => (json!(yes), ColumnKind::Boolean),
                Cell::Moment(_) => (json!("at"), ColumnKind::Moment),
                Cell::Json(text) => (serde_json::from_str(&text).unwrap(), ColumnKind::Json),
            };
            assert_eq!(kind, column.kind, "{}", column.name);
            fields.insert(column.name.clone(), value);
        }
        Value::Object(fields)
    }

    #[test]
    fn nothing_of_an_event_is_lost() {
        let at = "2025-12-31T23:59:00Z";
        for mut event in [
            json!({"id": "0", "type": "request", "at": at, "service": "s", "method": "GET",
                "path": "/", "status": 200, "bytes": 1893, "response_time_ms": 247.5, "user": "u"}),
            json!({"id": "1", "type": "session", "at": at, "session_id": "s", "action": "start"}),
            json!({"id": "2", "type": "session", "at": at, "session_id": "s", "action": "end",
                "user": "u"}),
            json!({"id": "3", "type": "user", "at": at, "user": "u"}),
            json!({"id": "4", "type": "log", "at": at, "service": "s", "level": "info",
                "message": "m"}),
        ] {
            let mut sent = event.clone();
            sent["region"] = json!({"name": "eu"});
            event["extra"] = json!({"region": {"name": "eu"}});
            event["at"] = json!("at");
            assert_eq!(json_of(&sent), event);
        }
    }
}
