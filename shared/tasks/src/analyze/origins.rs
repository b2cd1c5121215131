//! Uploads and queries, as a task meets them.

use std::sync::Arc;

use domain::kind::{Described as _, ProgressSink, Runner, described};
use domain::ports::EventLog as _;
use domain::task::Progress;
use domain::{Event, Retry, TenantId, UploadFormat};
use serde_json::json;
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemoryEvents, MemoryUploads};

use super::*;

struct Scene {
    analyze: Analyze,
    uploads: Arc<MemoryUploads>,
    events: Arc<MemoryEvents>,
    faults: Faults,
    tenant: TenantId,
}

struct Deaf;

impl ProgressSink for Deaf {
    fn report(&self, progress: Progress) {
        assert!(progress.percent <= 100);
    }
}

fn scene() -> Scene {
    let faults = Faults::default();
    let uploads = Arc::new(MemoryUploads::new(&faults));
    let events = Arc::new(MemoryEvents::new(&faults));
    Scene {
        analyze: Analyze::new(AnalyzeNeeds {
            uploads: uploads.clone(),
            texts: events.clone(),
            model: None,
            provider: Provider::Builtin,
        }),
        uploads,
        events,
        faults,
        tenant: build::tenant(),
    }
}

impl Scene {
    async fn run(&self, input: &Value) -> Result<Value, Failure> {
        let context = TaskContext {
            request_id: build::request_id(),
            tenant: self.tenant.clone(),
            started_at: NOW,
            progress: Arc::new(Deaf),
        };
        Runner::run(&self.analyze, &context, input).await
    }

    async fn upload(&self, format: UploadFormat, bytes: &[u8]) -> Result<Value, Failure> {
        let id = build::upload_id();
        self.uploads.put(&self.tenant, id, format, bytes);
        self.run(&json!({ "upload_id": id })).await
    }
}

fn ids(result: &Value) -> Vec<&str> {
    let documents = result["documents"].as_array().unwrap();
    documents
        .iter()
        .map(|document| document["id"].as_str().unwrap())
        .collect()
}

const REVIEWS: &[u8] = b"id,rating,text\n\
    a,5,\"The battery life is wonderful, I love it!\"\n\
    b,1,Battery life is terrible.\n\
    c,3,\n";

#[tokio::test]
async fn an_uploads_rows_are_documents() {
    let result = scene().upload(UploadFormat::Csv, REVIEWS).await.unwrap();
    assert_eq!(ids(&result), ["a", "b"]);
    assert_eq!(result["summary"]["topics"][0]["label"], "battery life");
    let input = json!({"source": "upload", "format": "csv", "encoding": "utf-8",
        "mended_lines": 0, "blank": 1});
    assert_eq!(result["input"], input);
    assert_eq!(result["provider"], "builtin");
}

#[tokio::test]
async fn the_input_may_say_how_to_read() {
    let scene = scene();
    let id = build::upload_id();
    let bytes = b"no;review\n7;Good\n".to_vec();
    scene
        .uploads
        .put(&scene.tenant, id, UploadFormat::Txt, bytes);
    let input =
        json!({"upload_id": id, "format": "csv", "text_column": "review", "id_column": "no"});
    assert_eq!(ids(&scene.run(&input).await.unwrap()), ["7"]);
    let plain = scene.run(&json!({ "upload_id": id })).await.unwrap();
    assert_eq!(ids(&plain), ["1", "2"]);
}

#[tokio::test]
async fn an_empty_upload_has_an_empty_result() {
    for format in UploadFormat::ALL {
        let result = scene().upload(format, b"").await.unwrap();
        assert_eq!(result["summary"]["count"], 0);
        assert_eq!(result["summary"]["text"], "There are no documents.");
        assert_eq!(result["documents"], json!([]));
    }
}

#[tokio::test]
async fn a_corrupt_upload_ends_the_task_with_its_line() {
    let scene = scene();
    for (format, bytes, code, line) in [
        (
            UploadFormat::Csv,
            &b"id,text\n1\n"[..],
            "csv_wrong_field_count",
            "Line 2: ",
        ),
        (
            UploadFormat::Jsonl,
            b"{\"text\":\"a\"}\n{",
            "jsonl_malformed",
            "Line 2: ",
        ),
        (
            UploadFormat::Txt,
            b"PK\x03\x04\x14\x00\x00\x00",
            "upload_not_text",
            "Line 1: ",
        ),
    ] {
        let failure = scene.upload(format, bytes).await.unwrap_err();
        assert_eq!((&*failure.code, failure.retry), (code, Retry::Permanent));
        assert!(failure.message.starts_with(line), "{failure}");
    }
    // And the next one is read.
    scene.upload(UploadFormat::Csv, REVIEWS).await.unwrap();
}

#[tokio::test]
async fn an_upload_that_is_not_there_or_another_tenants_is_told() {
    let scene = scene();
    let id = build::upload_id();
    scene
        .uploads
        .put(&build::tenant(), id, UploadFormat::Csv, REVIEWS);
    let failure = scene.run(&json!({ "upload_id": id })).await.unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("upload_not_found", Retry::Permanent)
    );
    assert!(failure.message.contains(&id.to_string()), "{failure}");
}

#[tokio::test]
async fn stores_that_are_away_or_break_off_are_tried_again() {
    for call in ["uploads.open", "uploads.next"] {
        let scene = scene();
        scene.faults.on(call, 1, Fault::Unavailable);
        let failure = scene.upload(UploadFormat::Csv, REVIEWS).await.unwrap_err();
        assert_eq!(
            (&*failure.code, failure.retry),
            ("store_unavailable", Retry::Transient)
        );
    }
    let scene = scene();
    scene.faults.on("texts.find", 1, Fault::Unavailable);
    let failure = scene
        .run(&json!({"query": {"source": "logs"}}))
        .await
        .unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("store_unavailable", Retry::Transient)
    );
}

#[tokio::test]
async fn a_querys_texts_are_documents() {
    let scene = scene();
    let line = |id: &str, at: &str, message: &str| {
        let item = json!({"id": id, "type": "log", "at": at, "service": "shop", "level": "error",
            "message": message});
        Event::parse(item, NOW).unwrap()
    };
    let lines = [
        line("old", "2026-01-01T00:00:00Z", "Payment failed for Ada"),
        line("new", "2026-01-02T00:00:00Z", "Payment failed again"),
    ];
    scene.events.append(&scene.tenant, &lines).await.unwrap();
    let query = json!({"query": {"source": "logs", "service": "shop", "level": "error", "text": "PAYMENT"}});
    let result = scene.run(&query).await.unwrap();
    assert_eq!(ids(&result), ["new", "old"]);
    assert_eq!(result["input"], json!({"source": "query", "more": false}));
    let one = json!({"query": {"source": "events", "limit": 1}});
    let result = scene.run(&one).await.unwrap();
    assert_eq!(
        (ids(&result), &result["input"]["more"]),
        (vec!["new"], &json!(true))
    );
    let nothing = json!({"query": {"source": "logs", "from": "2027-01-01T00:00:00Z"}});
    let result = scene.run(&nothing).await.unwrap();
    assert_eq!(result["summary"]["count"], 0);
}

#[test]
fn mistakes_of_the_source_are_named_by_their_fields() {
    let id = build::upload_id();
    for (input, fields) in [
        (json!({}), &[""][..]),
        (
            json!({"upload_id": id, "query": {"source": "logs"}}),
            &["query"],
        ),
        (json!({"upload_id": "../x"}), &["upload_id"]),
        (json!({"upload_id": id, "format": "xlsx"}), &["format"]),
        (
            json!({"upload_id": id, "text_column": ""}),
            &["text_column"],
        ),
        (
            json!({"query": {"source": "logs"}, "id_column": "id"}),
            &["id_column"],
        ),
        (json!({"query": {"source": "metrics"}}), &["query.source"]),
        (
            json!({"query": {"source": "logs", "colour": 1}}),
            &["query.colour"],
        ),
        (
            json!({"query": {"source": "logs", "from": "yesterday"}}),
            &["query.from"],
        ),
        (
            json!({"query": {"source": "logs", "from": "2026-01-02T00:00:00Z",
                "to": "2026-01-01T00:00:00Z", "limit": 0, "service": " "}}),
            &["query.service", "query.to", "query.limit"],
        ),
    ] {
        let errors = described::<Analyze>()
            .validate(&input)
            .err()
            .unwrap_or_default();
        let found: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(found, fields, "{input}");
    }
}
