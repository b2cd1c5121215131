use std::collections::BTreeMap;
use std::time::Duration;

use app::announce::Announcer;
use app::run_task::Release;
use domain::task::{Phase, Status};
use domain::{RequestId, Task, TenantId};
use serde_json::json;
use tasks::{AnalyzeNeeds, ExportNeeds, Needs, OpenUploads, Provider};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    CannedRows, Fault, Faults, MemoryActivity, MemoryCallbackQueue, MemoryDeadLetters,
    MemoryDeliveries, MemoryEvents, MemoryFiles, MemoryReports, MemoryResults, MemoryTasks,
    MemoryUpdateQueue, MemoryUploads,
};

use super::*;
use crate::sources::Sources;

/// A worker whose ports are in memory and hold tasks 1 to 3 of the sample events, and task 4, an
/// export.
struct Scene {
    worker: Worker,
    tasks: Arc<MemoryTasks>,
    updates: Arc<MemoryUpdateQueue>,
    deliveries: Arc<MemoryDeliveries>,
    dead_letters: Arc<MemoryDeadLetters>,
    reports: Arc<MemoryReports>,
    files: Arc<MemoryFiles>,
    faults: Faults,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let updates = Arc::new(MemoryUpdateQueue::new(&faults));
    let deliveries = Arc::new(MemoryDeliveries::new(&faults));
    let dead_letters = Arc::new(MemoryDeadLetters::new(&faults));
    let queue = Queue {
        deliveries: deliveries.clone(),
        dead_letters: dead_letters.clone(),
    };
    let rows = CannedRows::new(vec![], &faults);
    let reports = Arc::new(MemoryReports::new(&faults));
    let files = Arc::new(MemoryFiles::new(&faults));
    for n in 1..=3 {
        tasks.put(task(n, "aggregate", json!({"window": "all"})));
    }
    tasks.put(task(4, "export", json!({"source": "events"})));
    let run_task = RunTask {
        registry: tasks::registry(Needs {
            aggregation: Arc::new(rows),
            analyze: AnalyzeNeeds {
                uploads: Arc::new(MemoryUploads::new(&faults)),
                texts: Arc::new(MemoryEvents::new(&faults)),
                model: None,
                provider: Provider::Builtin,
            },
            export: ExportNeeds {
                events: Arc::new(MemoryEvents::new(&faults)),
                activity: Arc::new(MemoryActivity::new(&faults)),
                index: tasks.clone(),
                tasks: tasks.clone(),
                results: Arc::new(MemoryResults::new(&faults)),
                files: files.clone(),
                uploads: OpenUploads::default(),
            },
        }),
        tasks: tasks.clone(),
        watch: tasks.clone(),
        late_usage: tasks.clone(),
        results: Arc::new(MemoryResults::new(&faults)),
        reports: reports.clone(),
        announcer: Announcer {
            updates: updates.clone(),
            callbacks: Arc::new(MemoryCallbackQueue::new(&faults)),
        },
        deliveries: deliveries.clone(),
        gate: None,
        compute: app::Compute::unpaid(),
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(Counting::default()),
        release: Release::never(),
    };
    Scene {
        worker: Worker { run_task, queue },
        tasks,
        updates,
        deliveries,
        dead_letters,
        reports,
        files,
        faults,
    }
}

fn id(n: usize) -> RequestId {
    let text = format!("01890a5d-ac96-774b-bcce-b302099a805{n}");
    text.parse().unwrap()
}

fn task(n: usize, kind: &str, input: serde_json::Value) -> Task {
    let acme = TenantId::new("acme").unwrap();
    Task {
        request_id: id(n),
        ..build::task(&acme, kind, input)
    }
}

fn samples() -> BTreeMap<String, SqsEvent> {
    testkit::samples::of("worker")
}

impl Scene {
    /// The receipts of the messages that are to be delivered again.
    async fn handle(&self, event: SqsEvent) -> Vec<String> {
        let deadline = Instant::now() + Duration::from_secs(100);
        let report = self.worker.handle(event.clone(), Some(deadline)).await;
        let response = report.response();
        let failed = |message: &SqsMessage| {
            let mut failures = response.batch_item_failures.iter();
            failures.any(|failure| Some(&failure.item_identifier) == message.message_id.as_ref())
        };
        let failed = event.records.iter().filter(|message| failed(message));
        failed
            .map(|message| message.receipt_handle.clone().unwrap())
            .collect()
    }

    fn statuses(&self) -> Vec<Status> {
        (1..=4)
            .map(|n| self.tasks.get(id(n)).unwrap().status())
            .collect()
    }

    /// How long a message was hidden last, in seconds.
    fn hidden(&self, receipt: &str) -> Option<i64> {
        let mut hidden = self.deliveries.hidden().into_iter();
        let last = hidden.rfind(|(hidden, _)| hidden == receipt);
        last.map(|(_, length)| length.whole_seconds())
    }
}

/// What each sample does: how many tasks complete, which messages come back, and how many are
/// dead letters.
const EXPECTED: &[(&str, usize, &[&str], usize)] = &[
    ("batch", 3, &[], 0),
    ("export", 1, &[], 0),
    ("one-task", 1, &[], 0),
    ("partly-bad", 2, &[], 1),
    ("poison", 0, &[], 3),
    ("redelivered", 1, &[], 0),
    ("repeated", 1, &["receipt-2"], 0),
    ("unknown-task", 0, &[], 0),
    ("unknown-version", 0, &[], 1),
    ("urgent", 1, &[], 0),
];

#[tokio::test]
async fn every_sample_is_handled() {
    let samples = samples();
    let names: Vec<_> = EXPECTED.iter().map(|(name, ..)| *name).collect();
    assert!(
        samples.keys().eq(names.iter()),
        "a sample is not expected, or missing"
    );
    for ((name, event), (_, completed, back, dead)) in samples.into_iter().zip(EXPECTED) {
        let scene = scene();
        assert_eq!(scene.handle(event).await, *back, "{name}");
        let statuses = scene.statuses().into_iter();
        let done = statuses.filter(|status| *status == Status::Completed);
        assert_eq!(done.count(), *completed, "{name}");
        assert_eq!(scene.dead_letters.take().len(), *dead, "{name}");
    }
}

#[tokio::test]
async fn completed_aggregates_are_reported() {
    let scene = scene();
    scene.handle(samples().remove("batch").unwrap()).await;
    let reports = scene.reports.all();
    let ids: Vec<_> = reports
        .iter()
        .map(|report| report.head.request_id)
        .collect();
    assert_eq!(ids, [id(1), id(2), id(3)]);
    assert!(
        reports
            .iter()
            .all(|report| report.head.title == "Requests by service")
    );
}

#[tokio::test]
async fn an_export_makes_a_file() {
    let scene = scene();
    scene.handle(samples().remove("export").unwrap()).await;
    let key = format!("acme/exports/{}/events-2026-03-01T12-00-00Z.csv", id(4));
    assert_eq!(scene.files.keys(), [key]);
    assert_eq!(scene.files.unfinished(), [""; 0]);
}

#[tokio::test]
async fn a_repeated_message_runs_its_task_once() {
    let scene = scene();
    let back = scene.handle(samples().remove("repeated").unwrap()).await;
    let task = scene.tasks.get(id(1)).unwrap();
    assert_eq!((task.status(), task.attempt), (Status::Completed, 1));
    assert_eq!(
        back.len(),
        1,
        "the message that came second waits for the first one's lease"
    );
    assert_eq!(scene.hidden(&back[0]), Some(30));
}

#[tokio::test]
async fn poison_is_buried_with_its_reason() {
    let scene = scene();
    let event = samples().remove("unknown-version").unwrap();
    let message = event.records[0].clone();
    scene.handle(event).await;
    let letter = scene.dead_letters.take().remove(0);
    assert_eq!(Some(letter.body), message.body);
    assert_eq!(Some(letter.message_id), message.message_id);
    let reason = "unreadable_message: the message has version 99, we know up to 1";
    assert_eq!(letter.reason, reason);
}

#[tokio::test]
async fn what_cannot_be_buried_is_left_to_the_queue() {
    let scene = scene();
    scene.faults.always("dead_letters.bury", Fault::Unavailable);
    let back = scene.handle(samples().remove("poison").unwrap()).await;
    assert_eq!(back.len(), 3);
}

#[tokio::test]
async fn a_task_that_is_given_up_is_buried_with_its_reason() {
    let scene = scene();
    scene
        .faults
        .always("aggregation.aggregate", Fault::Unavailable);
    for attempt in 1..domain::kind::RETRY.attempts {
        let back = scene.handle(samples().remove("one-task").unwrap()).await;
        assert_eq!(back.len(), 1, "attempt {attempt} is not the last");
    }
    let back = scene.handle(samples().remove("one-task").unwrap()).await;
    assert!(back.is_empty());
    let failure = scene.tasks.get(id(1)).unwrap().state.failure().cloned();
    let letter = scene.dead_letters.take().remove(0);
    assert_eq!(
        Some(letter.reason),
        failure.map(|failure| failure.to_string())
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_that_takes_too_long_is_timed_out_before_the_invocation_ends() {
    let scene = scene();
    scene
        .faults
        .always("aggregation.aggregate", Fault::HangBefore);
    let event = samples().remove("one-task").unwrap();
    let deadline = Instant::now() + Duration::from_secs(100);
    let report = scene.worker.handle(event, Some(deadline)).await;
    assert_eq!(report.records[0].end, sqs_batch::End::Done);
    assert!(Instant::now() < deadline);
    let task = scene.tasks.get(id(1)).unwrap();
    assert_eq!(task.status(), Status::TimedOut);
    assert_eq!(task.state.failure().unwrap().code, "function_timeout");
    assert_eq!(
        scene.updates.take().pop().unwrap().update.version,
        task.version
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_done_in_time_comes_back_at_once() {
    let scene = scene();
    scene.faults.always("tasks.load", Fault::HangBefore);
    let event = samples().remove("one-task").unwrap();
    let deadline = Instant::now() + Duration::from_secs(100);
    let report = scene.worker.handle(event, Some(deadline)).await;
    assert_eq!(report.records[0].end, sqs_batch::End::OutOfTime);
    assert_eq!(scene.hidden("receipt-1"), Some(0));
}

#[tokio::test]
async fn a_task_that_waits_hides_its_message() {
    let scene = scene();
    scene
        .faults
        .always("aggregation.aggregate", Fault::Unavailable);
    let back = scene.handle(samples().remove("one-task").unwrap()).await;
    assert_eq!(back, ["receipt-1"]);
    let task = scene.tasks.get(id(1)).unwrap();
    assert_eq!((task.phase(), task.attempt), (Some(Phase::Queued), 1));
    assert!(
        scene
            .hidden("receipt-1")
            .is_some_and(|seconds| seconds <= 1)
    );
    let told = scene.updates.take().pop().unwrap().update;
    assert_eq!(told.error.unwrap().code, "store_unavailable");
}

#[tokio::test]
async fn a_message_that_cannot_be_hidden_is_still_reported() {
    let scene = scene();
    scene.faults.always("deliveries.hide", Fault::Unavailable);
    let back = scene.handle(samples().remove("repeated").unwrap()).await;
    assert_eq!(back.len(), 1);
}

#[tokio::test]
async fn a_message_is_hidden_in_the_queue_it_came_from() {
    let scene = scene();
    let urgent = Arc::new(MemoryDeliveries::default());
    let sources = Sources {
        urgent: scene.worker.of_another_queue(urgent.clone()),
        normal: scene.worker,
        urgent_queue: "https://sqs.eu-central-1.amazonaws.com/123456789012/adology-urgent".into(),
    };
    for (name, in_normal, in_urgent) in [("one-task", 1, 0), ("urgent", 1, 1)] {
        let event = samples().remove(name).unwrap();
        let deadline = Instant::now() + Duration::from_secs(100);
        sources.of(&event).handle(event, Some(deadline)).await;
        let hidden = (scene.deliveries.hidden().len(), urgent.hidden().len());
        assert_eq!(hidden, (in_normal, in_urgent), "{name}");
    }
}
