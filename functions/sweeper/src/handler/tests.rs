use std::collections::BTreeMap;
use std::sync::Arc;

use app::{CountConnections, ReadSystem, TellOperators};
use domain::connection::LIFETIME;
use domain::ports::{ConnectionStore as _, EventLog as _, SubmissionLedger as _, TicketStore as _};
use serde_json::{Value, json};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{
    Fault, Faults, MemoryConnections, MemoryEventSources, MemoryEvents, MemoryHeartbeats,
    MemoryPostings, MemoryQueueDepths, MemorySubmissions, MemoryTaskQueue, MemoryTasks,
    MemoryTickets,
};

use super::*;

/// Two tasks without a message, a connection of two hours ago, two expired tickets, an expired
/// idempotency key and an hour with a request.
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
    let tickets = Arc::new(MemoryTickets::new(&faults));
    for digest in ["one", "other"] {
        tickets.issue(&build::ticket(digest, NOW)).await.unwrap();
    }
    let keys = Arc::new(MemorySubmissions::new(&Arc::default(), &faults));
    let (task, submission) = build::submission(&identity.tenant, "key", NOW);
    let recorded = keys.create_once(&task, &submission, NOW).await;
    recorded.unwrap();
    let events = MemoryEvents::new(&faults);
    let request = build::request("1", "2026-02-01T12:00:00Z", "ann", 1.0);
    events.append(&identity.tenant, &[request]).await.unwrap();
    let clock = Arc::new(FixedClock::at(NOW + LIFETIME));
    let sweep = Sweep {
        stuck: tasks,
        queue: Arc::new(MemoryTaskQueue::new(&faults)),
        stale: connections.clone(),
        connections: connections.clone(),
        lanes: None,
        tickets,
        idempotency_keys: keys,
        roll_ups: Arc::new(events),
        operators: TellOperators {
            connections: connections.clone(),
            system: ReadSystem {
                queues: Arc::new(MemoryQueueDepths::new(&faults)),
                connections: CountConnections::quick(connections.clone(), clock.clone()),
                pool: Arc::new(MemoryHeartbeats::new(clock.clone(), &faults)),
                sources: Arc::new(MemoryEventSources::new(clock.clone(), &faults)),
                clock: clock.clone(),
            },
            postings: Arc::new(MemoryPostings::new(&faults)),
            clock: clock.clone(),
        },
        clock,
    };
    let clock = Arc::new(FixedClock::at(NOW));
    let meter = Meter::new("test", "sweeper", clock).unwrap();
    (Sweeper { sweep, meter }, faults)
}

fn samples() -> BTreeMap<String, String> {
    testkit::samples::texts("sweeper")
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
        let expected = json!({
            "requeued": 2, "dead_leases": 0, "places_freed": 0, "admitted": 0, "connections_removed": 1, "tickets_removed": 2,
            "idempotency_keys_removed": 1, "hours_rolled_up": 1, "operators_told": false,
        });
        assert_eq!(handle(&sweeper, &event).await, Ok(expected), "{name}");
        let mut lines = Vec::new();
        sweeper.meter.flush_to(&mut lines);
        let lines = String::from_utf8(lines).unwrap();
        for part in [
            r#""Thing":"connections","Swept":1"#,
            r#""Thing":"tasks_requeued","Swept":2"#,
            r#""Thing":"tickets","Swept":2"#,
            r#""Thing":"idempotency_keys","Swept":1"#,
        ] {
            assert!(lines.contains(part), "{name}: {lines}");
        }
        let nothing = json!({
            "requeued": 0, "dead_leases": 0, "places_freed": 0, "admitted": 0, "connections_removed": 0, "tickets_removed": 0,
            "idempotency_keys_removed": 0, "hours_rolled_up": 0, "operators_told": false,
        });
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
