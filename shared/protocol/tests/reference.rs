//! `docs/realtime.md` and `docs/realtime.schema.json` say what the code does.
//!
//! The schema is generated: `UPDATE_REFERENCE=1 cargo test -p protocol --test reference` writes it.

#![expect(
    clippy::expect_used,
    reason = "a test stops at what is not as it should be"
)]

use std::path::PathBuf;

use protocol::frames::{
    ClientFrame, ErrorCode, LONGEST_FRAME, METERED_FRAME, MOST_RESUMED, ResumedTask, SUBPROTOCOL,
    ServerFrame, Stream, TopicName, UpdateFrame,
};
use protocol::http::{ConnectionCount, PoolProcess, QueueBody, SystemBody};
use protocol::task::{Phase, Progress, Status, TaskError};
use serde_json::{Value, json};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(components(schemas(
    ClientFrame,
    ConnectionCount,
    Phase,
    PoolProcess,
    Progress,
    QueueBody,
    ResumedTask,
    ServerFrame,
    Status,
    Stream,
    SystemBody,
    TaskError,
    TopicName,
    UpdateFrame
)))]
struct Frames;

fn docs(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "docs", name]
        .iter()
        .collect()
}

/// The frames as JSON Schema, of which the schemas of `OpenAPI` are a dialect.
fn schema() -> Value {
    let components = serde_json::to_string(&Frames::openapi().components).expect("JSON");
    let components = components.replace("#/components/schemas/", "#/$defs/");
    let components: Value = serde_json::from_str(&components).expect("JSON");
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Frames of Adology's WebSocket",
        "description": "ClientFrame: from the client. ServerFrame: from the server. See realtime.md.",
        "oneOf": [{"$ref": "#/$defs/ClientFrame"}, {"$ref": "#/$defs/ServerFrame"}],
        "$defs": components["schemas"],
    })
}

#[test]
fn the_schema_is_that_of_the_code() {
    let file = docs("realtime.schema.json");
    let expected = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&file, &expected).expect("it is written");
    }
    let found = std::fs::read_to_string(&file).expect("it is there");
    assert!(
        found == expected,
        "docs/realtime.schema.json is out of date: UPDATE_REFERENCE=1 cargo test -p protocol --test reference"
    );
}

/// The names that the schema gives a frame's `action` or `type`.
fn names(frame: &str, field: &str) -> Vec<String> {
    fn collect(schema: &Value, field: &str, names: &mut Vec<String>) {
        if let Some(values) = schema["properties"][field]["enum"].as_array() {
            names.extend(
                values
                    .iter()
                    .filter_map(Value::as_str)
                    .map(ToOwned::to_owned),
            );
        }
        for part in ["oneOf", "allOf", "anyOf"] {
            for inner in schema[part].as_array().into_iter().flatten() {
                collect(inner, field, names);
            }
        }
    }
    let mut names = Vec::new();
    collect(&schema()["$defs"][frame], field, &mut names);
    names
}

#[test]
fn the_page_tells_of_every_frame_code_and_limit() {
    let page = std::fs::read_to_string(docs("realtime.md")).expect("it is there");
    let (actions, types) = (names("ClientFrame", "action"), names("ServerFrame", "type"));
    assert_eq!(actions, ClientFrame::ACTIONS);
    assert!(types.len() >= 6, "{types:?}");
    let codes = ErrorCode::ALL.map(|code| format!("\n| `{}` |", code.name()));
    let told = actions
        .iter()
        .map(|action| format!(r#""action":"{action}""#))
        .chain(types.iter().map(|name| format!(r#""type":"{name}""#)))
        .chain(codes)
        .chain([
            format!("`{SUBPROTOCOL}`"),
            format!("{} KB", LONGEST_FRAME / 1_024),
            format!("{} KB", METERED_FRAME / 1_024),
            format!("{MOST_RESUMED} tasks"),
        ]);
    let missing: Vec<_> = told.filter(|words| !page.contains(words)).collect();
    assert!(
        missing.is_empty(),
        "docs/realtime.md does not tell of {missing:?}"
    );
}

/// A code that the page tells of and nobody sends would mislead.
#[test]
fn the_page_tells_of_no_other_code() {
    let page = std::fs::read_to_string(docs("realtime.md")).expect("it is there");
    let (_, table) = page.split_once("## Error codes").expect("a table of codes");
    let (table, _) = table.split_once("\n## ").unwrap_or((table, ""));
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let told: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    let codes = ErrorCode::ALL.map(ErrorCode::name);
    assert_eq!(told, codes);
}
