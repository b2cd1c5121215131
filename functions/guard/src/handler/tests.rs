use std::collections::BTreeMap;
use std::sync::Arc;

use domain::pause::Subjects;
use domain::ports::Pauses as _;
use serde_json::{Value, json};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemoryPauses};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::*;

struct Scene {
    guard: Guard,
    pauses: Arc<MemoryPauses>,
    faults: Faults,
}

/// A guard of two subjects, one of which an operator has paused.
async fn scene() -> Scene {
    let faults = Faults::default();
    let pauses = Arc::new(MemoryPauses::new(Arc::new(FixedClock::at(NOW)), &faults));
    let operator = build::pause("kind:analyze", "operator:ada", NOW);
    pauses.pause(&operator).await.unwrap();
    let subjects: Subjects = "kind:analyze,tenant:acme".parse().unwrap();
    let guard = GuardSpend {
        pauses: pauses.clone(),
        subjects: subjects.0,
        longest: Duration::hours(2),
    };
    Scene {
        guard: Guard { guard },
        pauses,
        faults,
    }
}

impl Scene {
    async fn handle(&self, event: &str) -> Result<Value, Diagnostic> {
        let event = serde_json::from_str(event).unwrap();
        let answer = self.guard.handle(event).await;
        let answer = answer.map(|answer| serde_json::to_value(answer).unwrap());
        answer.map_err(Diagnostic::from)
    }

    /// What the guard has paused, and until when.
    async fn guarded(&self) -> Vec<(String, String, Option<OffsetDateTime>)> {
        let pauses = self.pauses.list().await.unwrap();
        let ours = pauses
            .into_iter()
            .filter(|pause| pause.by.slot() != "operator");
        let told = ours.map(|pause| (pause.subject.to_string(), pause.by.to_string(), pause.until));
        told.collect()
    }
}

fn samples() -> BTreeMap<String, String> {
    testkit::samples::texts("guard")
}

#[tokio::test]
async fn every_sample_is_handled() {
    // What is done, and until when what is paused is.
    let hours = Some(datetime!(2026-03-01 13:58:30.123 UTC));
    let expected = BTreeMap::from([
        ("alarm-insufficient", (0, 0, 1, None)),
        ("alarm-off", (0, 2, 0, None)),
        ("alarm-on", (2, 0, 0, hours)),
        (
            "budget-daily",
            (2, 0, 0, Some(datetime!(2026-03-02 0:00 UTC))),
        ),
        ("budget-forecast", (0, 0, 1, None)),
        (
            "budget-monthly",
            (2, 0, 0, Some(datetime!(2026-04-01 0:00 UTC))),
        ),
    ]);
    let samples = samples();
    let names: Vec<_> = samples.keys().map(String::as_str).collect();
    assert_eq!(names, expected.keys().copied().collect::<Vec<_>>());
    for (name, (paused, resumed, ignored, until)) in expected {
        let scene = scene().await;
        let answer = scene.handle(&samples[name]).await.unwrap();
        let told =
            json!({"paused": paused, "resumed": resumed, "overtaken": 0, "ignored": ignored});
        assert_eq!(answer, told, "{name}");
        let guarded = scene.guarded().await;
        assert_eq!(guarded.len(), paused, "{name}");
        assert!(
            guarded.iter().all(|one| one.2 == until),
            "{name}: {guarded:?}"
        );
    }
}

#[tokio::test]
async fn an_alarm_that_goes_off_resumes_what_it_paused() {
    let (scene, samples) = (scene().await, samples());
    for (sample, left) in [("budget-monthly", 2), ("alarm-on", 4), ("alarm-off", 2)] {
        scene.handle(&samples[sample]).await.unwrap();
        assert_eq!(scene.guarded().await.len(), left, "{sample}");
    }
    let late = scene.handle(&samples["alarm-on"]).await.unwrap();
    assert_eq!(late["overtaken"], 2, "delivered once more");
    let all = scene.pauses.list().await.unwrap();
    assert!(all.iter().any(|pause| pause.by.slot() == "operator"));
}

#[tokio::test]
async fn what_nobody_understands_has_failed() {
    let scene = scene().await;
    let event = |message: &str| {
        let sns = json!({"Message": message, "Timestamp": "2026-03-01T12:00:00.000Z"});
        json!({"Records": [{"Sns": sns}]}).to_string()
    };
    for message in [
        "",
        "hello",
        "{}",
        r#"{"AlarmName": "a", "NewStateValue": "ALARM", "StateChangeTime": "yesterday"}"#,
        "AWS Budget Notification March 01, 2026\nAlert Type: ACTUAL\n",
        "AWS Budget Notification March 01, 2026\nBudget Name: a\n",
    ] {
        let failed = scene.handle(&event(message)).await.unwrap_err();
        assert_eq!(failed.error_type, "Unreadable", "{message:?}");
    }
    assert_eq!(scene.guarded().await, []);
}

#[tokio::test]
async fn a_table_that_is_away_is_told() {
    let scene = scene().await;
    scene.faults.on("pauses.pause", 2, Fault::Unavailable);
    let sample = &samples()["alarm-on"];
    let failed = scene.handle(sample).await.unwrap_err();
    assert_eq!(failed.error_type, "Pauses");
    let again = scene.handle(sample).await.unwrap();
    assert_eq!(again["paused"], 2);
}
