//! Formats of which each line is an event: access logs, and JSON lines.

use std::io::{self, BufRead};

use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::access_log::Entry;
use super::lines::{LONGEST, Line, Lines};
use super::record::{Problem, Record};

/// The unit in which an access log says how long answers took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TimeUnit {
    /// Seconds: nginx's `$request_time`, Apache's `%T`.
    S,
    /// Milliseconds: Apache's `%{ms}T`.
    Ms,
    /// Microseconds: Apache's `%D`.
    Us,
}

impl TimeUnit {
    fn to_ms(self, took: f64) -> f64 {
        match self {
            Self::S => took * 1_000.0,
            Self::Ms => took,
            Self::Us => took / 1_000.0,
        }
    }
}

/// What an entry of an access log becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryAs {
    /// A request.
    Request(TimeUnit),
    /// A log line, whose level follows from the status code.
    Log,
}

/// The records of an access log.
pub fn access_log(
    source: impl BufRead,
    entry_as: EntryAs,
) -> impl Iterator<Item = io::Result<Record>> {
    records(source, move |line| {
        let entry =
            Entry::parse(line).map_err(|reason| Problem::new("not_an_access_log_line", reason))?;
        Ok(event(&entry, entry_as))
    })
}

/// The records of JSON lines.
pub fn json_lines(source: impl BufRead) -> impl Iterator<Item = io::Result<Record>> {
    records(source, |line| match serde_json::from_str(line) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Problem::new("not_an_object", "an event is a JSON object")),
        Err(error) => Err(Problem::new("malformed_json", error.to_string())),
    })
}

/// Blank lines are no records.
fn records(
    source: impl BufRead,
    parse: impl Fn(&str) -> Result<Map<String, Value>, Problem>,
) -> impl Iterator<Item = io::Result<Record>> {
    let blank = |line: &Line| {
        let bytes = line.bytes.as_deref();
        bytes.is_some_and(|bytes| bytes.trim_ascii().is_empty())
    };
    let lines = Lines::new(source).filter(move |line| !line.as_ref().is_ok_and(blank));
    lines.map(move |line| {
        let Line { number, bytes } = line?;
        let fields = match bytes.as_deref().map(std::str::from_utf8) {
            None => Err(Problem::new(
                "line_too_long",
                format!("it is longer than {LONGEST} bytes"),
            )),
            Some(Err(_)) => Err(Problem::new("not_utf8", "it is not UTF-8")),
            Some(Ok(text)) => parse(text),
        };
        Ok(Record {
            line: number,
            content: bytes.unwrap_or_default(),
            fields,
        })
    })
}

fn event(entry: &Entry, entry_as: EntryAs) -> Map<String, Value> {
    let (method, path) = entry.method_and_path();
    let mut event = Map::new();
    let mut put = |field: &str, value: Value| {
        if !value.is_null() {
            event.insert(field.into(), value);
        }
    };
    put("at", json!(entry.at.format(&Rfc3339).ok()));
    put("user", json!(entry.user));
    put("remote_addr", json!(entry.host));
    put("bytes", json!(entry.bytes));
    put("status", json!(entry.status));
    if let Some((_, agent)) = &entry.agent {
        put("user_agent", json!(agent));
    }
    match entry_as {
        EntryAs::Request(unit) => {
            put("type", json!("request"));
            put("method", json!(method));
            put("path", json!(path));
            let took = entry.took.map_or(0.0, |took| unit.to_ms(took));
            put("response_time_ms", json!(took));
        }
        EntryAs::Log => {
            let level = match entry.status {
                500.. => "error",
                400.. => "warn",
                _ => "info",
            };
            put("type", json!("log"));
            put("level", json!(level));
            put(
                "message",
                json!(format!("{method} {path} {}", entry.status)),
            );
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LINE: &str = r#"::1 - ada [01/Jan/2026:00:00:00 +0000] "GET /a?key=secret HTTP/1.1" 503 12 "https://x/?key=secret" "curl/8" 0.25"#;

    fn only(records: impl Iterator<Item = io::Result<Record>>) -> Value {
        let all: Vec<_> = records
            .map(|record| record.unwrap().fields.unwrap())
            .collect();
        assert_eq!(all.len(), 1);
        Value::Object(all[0].clone())
    }

    #[test]
    fn an_entry_is_a_request_or_a_log_line_without_query_and_referer() {
        let request = only(access_log(LINE.as_bytes(), EntryAs::Request(TimeUnit::S)));
        let expected = json!({"type": "request", "at": "2026-01-01T00:00:00Z", "user": "ada", "method": "GET",
            "path": "/a", "status": 503, "bytes": 12, "response_time_ms": 250.0, "remote_addr": "::1",
            "user_agent": "curl/8"});
        assert_eq!(request, expected);
        let log = only(access_log(LINE.as_bytes(), EntryAs::Log));
        assert_eq!(
            (&log["level"], &log["message"]),
            (&json!("error"), &json!("GET /a 503"))
        );
    }

    #[test]
    fn units_of_time_become_milliseconds() {
        for (unit, ms) in [
            (TimeUnit::S, 250.0),
            (TimeUnit::Ms, 0.25),
            (TimeUnit::Us, 0.000_25),
        ] {
            let request = only(access_log(LINE.as_bytes(), EntryAs::Request(unit)));
            assert_eq!(request["response_time_ms"], ms, "{unit:?}");
        }
    }

    #[test]
    fn each_bad_line_has_its_code_and_number() {
        let text = b"{}\n\n[1]\n{\n\xff\n";
        let found: Vec<_> = json_lines(&text[..])
            .map(Result::unwrap)
            .map(|record| {
                (
                    record.line,
                    record.fields.map_err(|problem| problem.code).err(),
                )
            })
            .collect();
        let code = |line, code: &str| (line, Some(code.to_owned()));
        let expected = [
            (1, None),
            code(3, "not_an_object"),
            code(4, "malformed_json"),
            code(5, "not_utf8"),
        ];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn no_bytes_upset_them(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            assert!(json_lines(&*bytes).chain(access_log(&*bytes, EntryAs::Log)).all(|record| record.is_ok()));
        }
    }
}
