use std::collections::BTreeMap;
use std::sync::Arc;

use domain::operations::QueueName;
use domain::overflow::Patience;
use domain::ports::PoolHeartbeats as _;
use serde_json::{Value, json};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemoryEventSources, MemoryHeartbeats, MemoryQueueDepths};
use time::Duration;

use super::*;

/// Lambda has taken tasks for an hour, and a process of the pool has been there for as long and idle.
async fn scene() -> (Overflow, Faults) {
    let faults = Faults::default();
    let clock = Arc::new(FixedClock::at(NOW));
    let sources = MemoryEventSources::new(clock.clone(), &faults);
    let heartbeats = MemoryHeartbeats::new(clock.clone(), &faults);
    let mut heartbeat = build::heartbeat(NOW);
    clock.advance(Duration::HOUR);
    heartbeat.seen_at += Duration::HOUR;
    heartbeat.oldest_wait_ms = Some(12);
    heartbeats.beat(&heartbeat).await.unwrap();
    let queues = MemoryQueueDepths::new(&faults);
    queues.holds(QueueName::Work, Some(2));
    let share = ShareLoad {
        heartbeats: Arc::new(heartbeats),
        queues: Arc::new(queues),
        sources: Arc::new(sources),
        clock: clock.clone(),
        patience: Patience {
            after: Duration::minutes(1),
            calm: Duration::minutes(3),
        },
    };
    let meter = Meter::new("test", "overflow", clock).unwrap();
    (Overflow { share, meter }, faults)
}

fn samples() -> BTreeMap<String, String> {
    testkit::samples::texts("overflow")
}

async fn handle(overflow: &Overflow, event: &str) -> Result<Value, Diagnostic> {
    let answer = overflow.handle(serde_json::from_str(event).unwrap()).await;
    let answer = answer.map(|answer| serde_json::to_value(answer).unwrap());
    answer.map_err(Diagnostic::from)
}

#[tokio::test]
async fn every_sample_is_handled() {
    let samples = samples();
    let names: Vec<_> = samples.keys().map(String::as_str).collect();
    assert_eq!(names, ["by-hand", "scheduled"]);
    for (name, event) in samples {
        let (overflow, _) = scene().await;
        for switched in [true, false] {
            let expected = json!({
                "takers": "pool", "switched": switched, "processes": 1, "waiting": 2, "oldest_wait_ms": 12,
            });
            let answer = handle(&overflow, &event).await.unwrap();
            assert_eq!(answer, expected, "{name}");
        }
        let mut lines = Vec::new();
        overflow.meter.flush_to(&mut lines);
        let lines = String::from_utf8(lines).unwrap();
        for part in [
            r#""Takers":"pool""#,
            r#""TakerSwitches":1"#,
            r#""LambdaTakes":0"#,
            r#""PoolProcesses":2"#,
            r#""OldestWait""#,
        ] {
            assert!(lines.contains(part), "{name}: no {part} in {lines}");
        }
    }
}

#[tokio::test]
async fn who_decides_without_knowing_all_has_failed() {
    let (overflow, faults) = scene().await;
    faults.on("heartbeats.all", 1, Fault::Unavailable);
    let failed = handle(&overflow, "{}").await.unwrap_err();
    assert_eq!(failed.error_type, "Blind");
}

#[tokio::test]
async fn a_switch_that_is_refused_is_told_with_its_cause() {
    let (overflow, faults) = scene().await;
    faults.on("sources.set", 1, Fault::Conflict);
    let failed = handle(&overflow, "{}").await.unwrap_err();
    assert_eq!(failed.error_type, "Switch");
    let message = failed.error_message;
    assert!(message.contains("could not be turned off"), "{message}");
    assert!(message.contains("changed by somebody else"), "{message}");
}
