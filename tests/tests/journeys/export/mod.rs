//! Rows leave as files, and come back as they were.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use end_to_end::{Caller, Stack, fresh};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::traffic::requests;

/// More than comes at once, by all types of events.
async fn tenant_with_events() -> (Caller, Vec<Value>) {
    let caller = Stack::running().await.new_tenant().await;
    let mut events = requests(1_300);
    for (n, message) in ["=1+1, \"so\"\r\nto say", "größe €", ""].iter().enumerate() {
        events.push(
            json!({"id": format!("log-{n}"), "type": "log", "service": "shop",
            "at": format!("2024-05-01T11:00:0{n}Z"), "level": "info", "message": message,
            "trace": {"deep": [1, null]}}),
        );
    }
    events.push(
        json!({"id": "s", "type": "session", "at": "2024-05-01T12:00:00Z",
        "session_id": "s-1", "action": "start", "user": "ann"}),
    );
    for batch in events.chunks(1_000) {
        let body = json!({"events": batch});
        caller.post("/events", &body).await.expect(200);
    }
    (caller, events)
}

async fn submit(caller: &Caller, input: Value) -> String {
    let body = json!({"kind": "export", "input": input});
    let confirmation = caller.post("/tasks", &body).await.expect(202);
    confirmation["request_id"].as_str().expect("an id").into()
}

/// The result of a completed export, and its file.
async fn export(caller: &Caller, input: Value) -> (Value, Vec<u8>) {
    let id = submit(caller, input).await;
    let task = caller.ended(&id).await;
    assert_eq!(task["status"], "completed", "{task}");
    let file = download(&task["result"]).await;
    assert_eq!(task["result"]["bytes"], file.len());
    (task["result"].clone(), file)
}

async fn download(result: &Value) -> Vec<u8> {
    let url = result["url"].as_str().expect("a link");
    let answer = reqwest::get(url).await.expect("it is there");
    assert_eq!(answer.status(), 200);
    let name = result["file_name"].as_str().expect("a name");
    let disposition = format!("attachment; filename=\"{name}\"");
    assert_eq!(answer.headers()[CONTENT_DISPOSITION], disposition);
    if result["format"] == "csv" && result["compression"] == "none" {
        let media_type = answer.headers()[CONTENT_TYPE].to_str().expect("text");
        assert!(media_type.starts_with("text/csv"), "{media_type}");
    }
    answer.bytes().await.expect("a whole file").to_vec()
}

/// What a row of an export says of an event, as the event was sent.
fn as_exported(event: &Value) -> Value {
    let mut event = event.clone();
    let extra = event
        .as_object_mut()
        .and_then(|fields| fields.remove("trace"));
    if let Some(trace) = extra {
        event["extra"] = json!({"trace": trace});
    }
    event
}

#[tokio::test]
async fn events_come_back_as_csv_by_a_link_that_is_stored_nowhere() {
    let (caller, events) = tenant_with_events().await;
    let mut socket = caller.socket().await;
    let input = json!({"source": "events", "format": "csv", "escape_formulas": false});
    let id = submit(&caller, input).await;
    let frames = socket.updates_of(&id).await;
    let result = frames.last().expect("a frame")["result"].clone();
    let text = String::from_utf8(download(&result).await).expect("UTF-8");
    assert_eq!(result["rows"], events.len());
    assert_eq!(result["bytes"], text.len());

    let found = read_csv(&text);
    assert_eq!(found.len(), events.len());
    for (found, event) in found.iter().zip(&events) {
        assert_eq!(*found, as_exported(event));
    }

    let linked = caller.get(&format!("/tasks/{id}/result")).await.expect(200);
    assert_eq!(download(&linked["result"]).await, text.as_bytes());
    let stored = Stack::running().await.tables().get_item();
    let stored = stored
        .table_name(Stack::variable("TASKS_TABLE"))
        .key("tenant", AttributeValue::S(caller.tenant.clone()))
        .key("request_id", AttributeValue::S(id));
    let item = stored.send().await.expect("the table is there").item;
    let item = format!("{item:?}");
    assert!(item.contains("file_name"), "the task is there");
    assert!(!item.contains("X-Amz"), "no link is stored");
}

/// The rows of a file, without the fields that have no value.
fn read_csv(text: &str) -> Vec<Value> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().expect("a header").clone();
    let value = |name: &str, text: &str| match name {
        "response_time_ms" => json!(text.parse::<f64>().expect("a number")),
        "status" | "bytes" | "extra" => serde_json::from_str(text).expect("JSON"),
        _ => json!(text),
    };
    let row = |row: csv::StringRecord| {
        let is_log = row.get(1) == Some("log");
        let fields = names.iter().zip(row.iter());
        // A log line may be empty.
        let fields = fields.filter(|(name, text)| !text.is_empty() || is_log && *name == "message");
        fields
            .map(|(name, text)| (name.to_owned(), value(name, text)))
            .collect()
    };
    reader
        .into_records()
        .map(|record| row(record.expect("a row")))
        .map(Value::Object)
        .collect()
}

#[tokio::test]
async fn events_come_back_as_parquet_with_their_types() {
    let (caller, events) = tenant_with_events().await;
    let (result, file) = export(&caller, json!({"source": "events", "format": "parquet"})).await;
    assert_eq!(result["rows"], events.len());
    let found = read_parquet(&file).await;
    let types = json!({
        "id": "VARCHAR", "type": "VARCHAR", "at": "TIMESTAMP WITH TIME ZONE", "service": "VARCHAR",
        "user": "VARCHAR", "method": "VARCHAR", "path": "VARCHAR", "status": "BIGINT",
        "bytes": "BIGINT", "response_time_ms": "DOUBLE", "level": "VARCHAR", "message": "VARCHAR",
        "session_id": "VARCHAR", "action": "VARCHAR", "extra": "JSON",
    });
    assert_eq!(found["types"], types);
    let rows = found["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), events.len());
    for (row, event) in rows.iter().zip(&events) {
        let mut event = as_exported(event);
        let at = event["at"].as_str().expect("a moment");
        let at = OffsetDateTime::parse(at, &Rfc3339).expect("RFC 3339");
        event["at"] = json!(i64::try_from(at.unix_timestamp_nanos() / 1_000).expect("this age"));
        let mut row = row.as_object().expect("a row").clone();
        row.retain(|_, value| !value.is_null());
        if let Some(extra) = row.get_mut("extra") {
            *extra = serde_json::from_str(extra.as_str().expect("a text")).expect("JSON");
        }
        assert_eq!(Value::Object(row), event);
    }
}

/// What `DuckDB` finds in a file.
async fn read_parquet(file: &[u8]) -> Value {
    let path = std::env::temp_dir().join(format!("adology-{}.parquet", fresh()));
    std::fs::write(&path, file).expect("it is written");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var("ADOLOGY_PYTHON").unwrap_or_else(|_| {
        let of_the_stack = here.join("../.local/venv/bin/python");
        of_the_stack.display().to_string()
    });
    let script = here.join("tests/journeys/export/read_parquet.py");
    let file = path.clone();
    let run = move || Command::new(python).arg(script).arg(file).output();
    let output = tokio::task::spawn_blocking(run).await.expect("it ends");
    let output = output.expect("python runs");
    std::fs::remove_file(path).expect("it was there");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[tokio::test]
async fn every_source_has_its_rows() {
    let (caller, _) = tenant_with_events().await;
    let report = caller.submit_aggregate(json!({"window": "all"})).await;
    caller.ended(&report).await;
    for (input, rows) in [
        (
            json!({"source": "logs", "format": "jsonl", "compression": "gzip"}),
            3,
        ),
        (json!({"source": "users", "format": "parquet"}), 6),
        (json!({"source": "sessions", "compression": "zstd"}), 1),
        (
            json!({"source": "events", "from": "2024-05-01T11:00:01Z"}),
            3,
        ),
        (
            json!({"source": "events", "from": "2030-01-01T00:00:00Z"}),
            0,
        ),
        (
            json!({"source": "report", "report": report, "format": "parquet"}),
            2,
        ),
    ] {
        let (result, file) = export(&caller, input.clone()).await;
        assert_eq!(result["rows"], rows, "{input}");
        if input["format"] == "parquet" {
            let found = read_parquet(&file).await;
            assert_eq!(
                found["rows"].as_array().map(Vec::len),
                Some(rows),
                "{input}"
            );
        }
    }
    let input = json!({"source": "tasks", "format": "jsonl", "columns": ["kind"]});
    let (result, _) = export(&caller, input).await;
    assert_eq!(result["rows"], 8, "those above, and this one");
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_at_once() {
    let caller = Stack::running().await.new_tenant().await;
    for input in [
        json!({"source": "moon"}),
        json!({"source": "events", "columns": ["moon"]}),
        json!({"source": "events", "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}),
    ] {
        let body = json!({"kind": "export", "input": input});
        let refused = caller.post("/tasks", &body).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid_input"));
    }
}

#[tokio::test]
async fn a_cancelled_export_leaves_no_parts() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    // Enough to be at it for a while, and to have sent a part.
    for batch in 0..12 {
        let log = |n| {
            let message = format!("{n:08}").repeat(1_900);
            json!({"id": format!("{batch}-{n}"), "type": "log", "service": "s", "level": "info",
                "at": "2024-05-01T10:00:00Z", "message": message})
        };
        let events: Vec<_> = (0..250).map(log).collect();
        let body = json!({"events": events});
        caller.post("/events", &body).await.expect(200);
    }
    let id = submit(&caller, json!({"source": "logs", "format": "jsonl"})).await;
    let prefix = format!("{}/exports/{id}/", caller.tenant);
    assert!(eventually(async || !uploads(&stack, &prefix).await.is_empty()).await);
    caller.delete(&format!("/tasks/{id}")).await.expect(200);
    assert!(eventually(async || uploads(&stack, &prefix).await.is_empty()).await);
    let task = caller.get(&format!("/tasks/{id}")).await.expect(200);
    assert_eq!(task["status"], "cancelled");
}

/// The uploads that S3 itself lists.
async fn uploads(stack: &Stack, prefix: &str) -> Vec<String> {
    let list = stack.buckets().list_multipart_uploads().prefix(prefix);
    let listed = list.bucket(Stack::variable("RESULTS_BUCKET")).send().await;
    let uploads = listed
        .expect("the bucket is there")
        .uploads
        .unwrap_or_default();
    let keys = uploads.into_iter().filter_map(|upload| upload.key);
    keys.filter(|key| key.starts_with(prefix)).collect()
}

async fn eventually(holds: impl AsyncFn() -> bool) -> bool {
    for _ in 0..1_500 {
        if holds().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}
