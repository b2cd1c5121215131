use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use domain::connection::LIFETIME;
use domain::ports::ConnectionStore as _;
use serde_json::{Value, json};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemoryConnections, MemoryTaskQueue, MemoryTasks};

use super::*;

/// Two tasks without a message and a connection of two hours ago.
async fn scene() -> (Sweeper, Faults) {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let connections = Arc::new(MemoryConnections::new(&faults));
    let identity = build::identity(&build::tenant());
    for _ in 0..2 {
        tasks.put(build::task(&identity.tenant, "aggregate", json!({})));
    }
    let connection = build::connection(&identity);
    connections.register(&connection).await.unwrap();
    let sweep = Sweep {
        stuck: tasks,
        queue: Arc::new(MemoryTaskQueue::new(&faults)),
        stale: connections.clone(),
        connections,
        clock: Arc::new(FixedClock::at(NOW + LIFETIME)),
    };
    let clock = Arc::new(FixedClock::at(NOW));
    let meter = Meter::new("test", "sweeper", clock).unwrap();
    (Sweeper { sweep, meter }, faults)
}

fn samples() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/sweeper");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

async fn handle(sweeper: &Sweeper, event: &str) -> Result<Value, Incomplete> {
    let answer = sweeper.handle(serde_json::from_str(event).unwrap()).await;
    answer.map(|answer| serde_json::to_value(answer).unwrap())
}

#[tokio::test]
async fn every_sample_is_handled() {
    let samples = samples();
    let names: Vec<_> = samples.keys().map(String::as_str).collect();
    assert_eq!(names, ["by-hand", "scheduled"]);
    for (name, event) in samples {
        let (sweeper, _) = scene().await;
        let expected = json!({"requeued": 2, "dead_leases": 0, "connections_removed": 1});
        assert_eq!(handle(&sweeper, &event).await, Ok(expected), "{name}");
        let mut lines = Vec::new();
        sweeper.meter.flush_to(&mut lines);
        let lines = String::from_utf8(lines).unwrap();
        for part in [
            r#""Thing":"connections","Swept":1"#,
            r#""Thing":"tasks_requeued","Swept":2"#,
        ] {
            assert!(lines.contains(part), "{name}: {lines}");
        }
        let nothing = json!({"requeued": 0, "dead_leases": 0, "connections_removed": 0});
        assert_eq!(handle(&sweeper, &event).await, Ok(nothing), "{name}");
    }
}

#[tokio::test]
async fn a_fault_makes_the_invocation_fail_after_all_else_is_done() {
    let (sweeper, faults) = scene().await;
    faults.on("queue.send", 1, Fault::Unavailable);
    assert_eq!(handle(&sweeper, "{}").await, Err(Incomplete(1)));
    assert_eq!(faults.count("queue.send"), 2);
    assert_eq!(faults.count("connections.remove"), 1);
}
