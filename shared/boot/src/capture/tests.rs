use std::time::Duration;

use sqs_batch::{Batch, Delivery, Outcome};
use testkit::ambient::FixedClock;
use testkit::build::NOW;
use testkit::memory::{Fault, Faults, MemoryCaptures};

use super::*;

const PERSON: &str = "ada@example.org";

/// Five records, of which the first is handled.
fn event() -> SqsEvent {
    let record = |id: &str, body: &str| {
        json!({"messageId": id, "receiptHandle": format!("receipt {id}"), "body": body,
            "attributes": {"ApproximateReceiveCount": "2"}, "eventSource": "aws:sqs", "awsRegion": "eu-central-1",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:1:tasks",
            "messageAttributes": {"Authorization": {"stringValue": PERSON, "dataType": "String"},
                "kind": {"stringValue": "aggregate", "dataType": "String"},
                "blob": {"binaryValue": "YWRhQGV4YW1wbGUub3Jn", "dataType": "Binary"}}})
    };
    let body = |does: &str| json!({"does": does, "email": PERSON}).to_string();
    let records = [
        record("done", &body("done")),
        record("dead", &body("dead")),
        record("again", &body("again")),
        record("panics", &body("panics")),
        record("poison", &format!("Dear {PERSON}")),
    ];
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

fn read(message: &SqsMessage) -> Result<String, String> {
    let body = message.body.as_deref().unwrap_or_default();
    let value: Value =
        serde_json::from_str(body).map_err(|_| format!("unreadable_message: {body}"))?;
    Ok(value["does"].as_str().unwrap_or_default().to_owned())
}

async fn handle(event: SqsEvent) -> Report {
    let obey = |delivery: Delivery<String>| async move {
        match delivery.body.as_str() {
            "dead" => Outcome::dead_letter("no_words: There are no words."),
            "again" => Outcome::RetryAfter(Duration::from_secs(1)),
            "panics" => panic!("{PERSON} was here"),
            _ => Outcome::Done,
        }
    };
    Batch::new(5).run(event, read, obey).await
}

struct Scene {
    faults: Faults,
    kept: Arc<MemoryCaptures>,
    meter: Meter,
    capturer: Capturer,
}

impl Scene {
    fn new(what: What) -> Self {
        let faults = Faults::default();
        let kept = Arc::new(MemoryCaptures::new(&faults));
        let clock = Arc::new(FixedClock::at(NOW));
        let meter = Meter::new("test", "worker", clock.clone()).unwrap();
        let on = On {
            what,
            scrub: Scrub::default(),
            captures: kept.clone(),
            function: "worker",
            by: "pool",
            meter: meter.clone(),
            clock,
            entropy: Arc::new(OsEntropy),
        };
        Self {
            faults,
            kept,
            meter,
            capturer: Capturer(Some(Arc::new(on))),
        }
    }

    async fn run(&self, event: SqsEvent) -> Report {
        let seen = self.capturer.see(&event);
        seen.around(handle(event)).await
    }

    fn measured(&self) -> String {
        let mut lines = Vec::new();
        self.meter.flush_to(&mut lines);
        String::from_utf8(lines).unwrap()
    }
}

#[tokio::test]
async fn exactly_what_failed_is_kept_with_its_reasons() {
    let scene = Scene::new(What::All);
    scene.run(event()).await;
    let [capture] = scene.kept.all().try_into().unwrap();
    assert_eq!(
        (capture.function.as_str(), capture.by.as_str()),
        ("worker", "pool")
    );
    assert_eq!((capture.batch, capture.at), (5, NOW));
    let ends = capture.records.iter().map(|record| {
        (
            record.message_id.as_str(),
            record.code.as_str(),
            record.reason.as_deref(),
            record.comes_back,
        )
    });
    let ends: Vec<_> = ends.collect();
    let expected = [
        (
            "dead",
            "no_words",
            Some("no_words: There are no words."),
            true,
        ),
        ("again", "retry", None, true),
        ("panics", "panicked", None, true),
        ("poison", "unreadable_message", None, true),
    ];
    assert_eq!(ends, expected);
    let record = &capture.event["Records"][0];
    let expected = json!({
        "messageId": "dead", "receiptHandle": "captured-0", "body": r#"{"does":"dead","email":"scrubbed"}"#,
        "attributes": {"ApproximateReceiveCount": "2"}, "eventSource": "aws:sqs", "awsRegion": "eu-central-1",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:1:tasks",
        "messageAttributes": {"Authorization": {"stringValue": "scrubbed", "dataType": "String"},
            "kind": {"stringValue": "aggregate", "dataType": "String"},
            "blob": {"stringValue": "scrubbed", "dataType": "String"}},
    });
    assert_eq!(*record, expected);
    let whole = serde_json::to_string(&capture).unwrap();
    assert!(
        !whole.contains("ada@") && !whole.contains("receipt d"),
        "{whole}"
    );
    assert!(scene.measured().contains(r#""Captures":1"#));
}

#[tokio::test]
async fn what_was_captured_fails_again_in_the_same_way() {
    let scene = Scene::new(What::All);
    let first = scene.run(event()).await;
    let [capture] = scene.kept.all().try_into().unwrap();
    let again: SqsEvent = serde_json::from_value(capture.event).unwrap();
    let second = handle(again).await;
    let failed = |report: &Report| {
        let failures = report.response().batch_item_failures;
        failures
            .into_iter()
            .map(|one| one.item_identifier)
            .collect::<Vec<_>>()
    };
    assert_eq!(failed(&first), failed(&second));
}

#[tokio::test]
async fn what_only_comes_back_is_captured_where_everything_is_asked_for() {
    let scene = Scene::new(What::Failed);
    scene.run(event()).await;
    let [capture] = scene.kept.all().try_into().unwrap();
    let ids: Vec<_> = capture
        .records
        .iter()
        .map(|record| record.message_id.as_str())
        .collect();
    assert_eq!(ids, ["dead", "panics", "poison"]);
}

#[tokio::test]
async fn a_good_batch_makes_no_call() {
    let scene = Scene::new(What::All);
    let mut good = event();
    good.records.truncate(1);
    scene.run(good).await;
    assert_eq!(scene.faults.count("captures.keep"), 0);
    assert!(!scene.measured().contains("Captures"));
}

#[tokio::test]
async fn where_captures_are_off_nothing_is_kept_or_copied() {
    let seen = Capturer::default().see(&event());
    assert!(seen.0.is_none());
    let report = seen.around(handle(event())).await;
    assert_eq!(report.records.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_capture_that_fails_or_hangs_changes_nothing() {
    let expected = handle(event()).await.response();
    for fault in [
        Fault::Unavailable,
        Fault::Broken,
        Fault::HangBefore,
        Fault::HangAfter,
    ] {
        let scene = Scene::new(What::All);
        scene.faults.always("captures.keep", fault);
        let started = tokio::time::Instant::now();
        let report = scene.run(event()).await;
        assert_eq!(report.response(), expected, "{fault:?}");
        assert!(started.elapsed() <= PATIENCE, "{fault:?}");
        assert!(
            scene.measured().contains(r#""CapturesFailed":1"#),
            "{fault:?}"
        );
    }
}

/// A bucket whose client panics.
struct Broken;

#[async_trait::async_trait]
impl Captures for Broken {
    async fn keep(&self, _: &Capture) -> Result<String, PortError> {
        panic!("no bucket")
    }
}

#[tokio::test]
async fn a_capture_that_panics_changes_nothing() {
    let scene = Scene::new(What::All);
    let on = scene.capturer.0.as_ref().unwrap();
    let broken = On {
        captures: Arc::new(Broken),
        what: on.what,
        scrub: on.scrub.clone(),
        function: on.function,
        by: on.by,
        meter: on.meter.clone(),
        clock: on.clock.clone(),
        entropy: on.entropy.clone(),
    };
    let seen = Capturer(Some(Arc::new(broken))).see(&event());
    assert_eq!(seen.around(handle(event())).await.records.len(), 5);
    assert!(scene.measured().contains(r#""CapturesFailed":1"#));
}

fn settings(pairs: &[(&str, &str)]) -> Result<Option<CaptureSettings>, String> {
    let source = |name: &str| {
        let pair = pairs.iter().find(|(known, _)| *known == name)?;
        Some(pair.1.to_owned())
    };
    crate::settings::read(&source, CaptureSettings::read).map_err(|error| error.to_string())
}

#[test]
fn settings_are_asked_for_only_where_captures_are_on() {
    assert_eq!(settings(&[]), Ok(None));
    assert_eq!(
        settings(&[("CAPTURE_FAILURES", "off"), ("CAPTURE_SCRUB", ",")]),
        Ok(None)
    );
    let on = settings(&[("CAPTURE_FAILURES", "failed"), ("CAPTURES_BUCKET", "b")])
        .unwrap()
        .unwrap();
    assert_eq!(
        (on.what, on.bucket.as_str(), on.scrub),
        (What::Failed, "b", Scrub::default())
    );
    let wrong = settings(&[("CAPTURE_FAILURES", "all"), ("CAPTURE_SCRUB", "email,,")]).unwrap_err();
    assert_eq!(
        wrong,
        "CAPTURE_SCRUB must be names of fields or paths such as result.value, separated by commas\n\
        CAPTURES_BUCKET is not set"
    );
}
