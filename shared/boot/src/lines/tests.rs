use std::io::{self, Write};
use std::sync::Mutex;

use domain::ports::PortError;
use testkit::ambient::FixedClock;
use testkit::build::NOW;
use tracing::field::Empty;
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;

use super::*;

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines that the work leaves.
fn lines(work: impl FnOnce()) -> Vec<Value> {
    let log = Log::default();
    let writer = log.clone();
    let layer = Lines::new(move || writer.clone(), Arc::new(FixedClock::at(NOW)));
    tracing::subscriber::with_default(registry().with(layer), work);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn an_invocation_leaves_one_line_with_what_happened_inside() {
    let told = lines(|| {
        let invocation = info_span!("invocation", trace.id = "t");
        let _entered = invocation.enter();
        {
            let task = info_span!("task", task.id = "a", task.status = Empty);
            let _entered = task.enter();
            task.record("task.status", "failed");
            tracing::warn!("the lease was not renewed");
        }
        tracing::info!(target: SUMMARY, duration_ms = 1.5, "handled");
    });
    let [mut line] = told.try_into().unwrap();
    let duration = line["parts"][0]["duration_ms"].take();
    assert!(duration.as_f64().unwrap() > 0.0, "{duration}");
    let expected = json!({
        "timestamp": "2026-03-01T12:00:00Z",
        "level": "WARN",
        "message": "handled",
        "trace.id": "t",
        "duration_ms": 1.5,
        "notes": [{
            "level": "WARN",
            "message": "the lease was not renewed",
            "task.id": "a",
            "task.status": "failed",
        }],
        "parts": [{"part": "task", "task.id": "a", "task.status": "failed", "duration_ms": null}],
    });
    assert_eq!(line, expected);
}

#[test]
fn an_error_is_told_with_its_causes() {
    let told = lines(|| {
        let error = PortError::unavailable("tasks table", "refused");
        let error: &(dyn std::error::Error + 'static) = &error;
        tracing::error!(error, "cannot serve");
    });
    let [line] = told.try_into().unwrap();
    assert_eq!(line["error"], "tasks table is unavailable");
    assert_eq!(line["causes"], json!(["refused"]));
}

#[test]
fn what_is_said_after_the_line_gets_its_own() {
    let told = lines(|| {
        let _entered = info_span!("invocation", trace.id = "t").entered();
        tracing::info!(target: SUMMARY, "handled");
        tracing::warn!("no metrics were written");
    });
    let [_, late] = told.try_into().unwrap();
    assert_eq!(
        (&late["message"], &late["trace.id"]),
        (&json!("no metrics were written"), &json!("t"))
    );
}

#[test]
fn notes_survive_an_invocation_that_is_broken_off() {
    let told = lines(|| {
        let _entered = info_span!("invocation", trace.id = "t").entered();
        tracing::error!("panicked");
    });
    let [line] = told.try_into().unwrap();
    let (message, level) = (&line["message"], &line["level"]);
    assert_eq!((message, level), (&json!("broken off"), &json!("ERROR")));
    assert_eq!(line["notes"][0]["message"], "panicked");
    assert_eq!(line["trace.id"], "t");
}

#[test]
fn a_storm_of_notes_is_counted() {
    let told = lines(|| {
        let _entered = info_span!("invocation").entered();
        for n in 0..MOST + 20 {
            tracing::info!(n, "again");
        }
        tracing::info!(target: SUMMARY, "handled");
    });
    let [line] = told.try_into().unwrap();
    assert_eq!(line["notes"].as_array().unwrap().len(), MOST);
    assert_eq!(line["notes_left_out"], 20);
    assert_eq!(line["level"], "INFO");
}
