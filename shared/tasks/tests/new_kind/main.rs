//! A kind of its own, as docs/task-kinds.md shows it, from its submission to its result.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what is not as it should be"
)]

mod count_words;

use std::sync::Arc;

use app::announce::Announcer;
use app::run_task::{Delivery, Outcome, Release, RunTask};
use app::submit_task::{RequestedTerms, SubmitTask, SubmitTaskError, Submitted, TaskRequest};
use domain::kind::{RETRY, Registry};
use domain::task::{Status, TaskResult};
use serde_json::{Value, json};
use tasks::{AnalyzeNeeds, ExportNeeds, Needs, OpenUploads, Provider};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    CannedRows, Faults, MemoryActivity, MemoryCallbackQueue, MemoryDeliveries, MemoryEvents,
    MemoryFiles, MemoryReports, MemoryResults, MemorySubmissions, MemoryTaskQueue, MemoryTasks,
    MemoryUpdateQueue, MemoryUploads,
};

use count_words::CountWords;

/// Receives that the task queue's redrive policy allows, in template.yaml.
const MOST_RECEIVES: u32 = 20;

/// A W3C `traceparent`, the standard's own example.
const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn registry() -> Registry {
    let tasks = Arc::new(MemoryTasks::default());
    let needs = Needs {
        aggregation: Arc::new(CannedRows::default()),
        export: ExportNeeds {
            events: Arc::new(MemoryEvents::default()),
            activity: Arc::new(MemoryActivity::default()),
            index: tasks.clone(),
            tasks,
            results: Arc::new(MemoryResults::default()),
            files: Arc::new(MemoryFiles::default()),
            uploads: OpenUploads::default(),
        },
        analyze: AnalyzeNeeds {
            uploads: Arc::new(MemoryUploads::default()),
            texts: Arc::new(MemoryEvents::default()),
            model: None,
            provider: Provider::Builtin,
        },
    };
    tasks::registry(needs).with(CountWords)
}

struct Scene {
    submit: SubmitTask,
    run: RunTask,
    tasks: Arc<MemoryTasks>,
    updates: Arc<MemoryUpdateQueue>,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let clock = Arc::new(FixedClock::at(NOW));
    let entropy = Arc::new(Counting::default());
    let updates = Arc::new(MemoryUpdateQueue::new(&faults));
    Scene {
        submit: SubmitTask {
            catalogue: tasks::catalogue().with::<CountWords>(),
            metering: None,
            compute: app::Compute::unpaid(),
            guard: webhooks::Guard::strict(),
            tasks: tasks.clone(),
            ledger: Arc::new(MemorySubmissions::new(&tasks, &faults)),
            queue: Arc::new(MemoryTaskQueue::new(&faults)),
            clock: clock.clone(),
            entropy: entropy.clone(),
        },
        run: RunTask {
            registry: registry(),
            gate: None,
            compute: app::Compute::unpaid(),
            tasks: tasks.clone(),
            watch: tasks.clone(),
            late_usage: tasks.clone(),
            results: Arc::new(MemoryResults::new(&faults)),
            reports: Arc::new(MemoryReports::new(&faults)),
            announcer: Announcer {
                updates: updates.clone(),
                callbacks: Arc::new(MemoryCallbackQueue::new(&faults)),
            },
            deliveries: Arc::new(MemoryDeliveries::new(&faults)),
            clock,
            entropy,
            release: Release::never(),
        },
        tasks,
        updates,
    }
}

impl Scene {
    async fn submit(&self, kind: &str, input: Value) -> Result<Submitted, SubmitTaskError> {
        let request = TaskRequest {
            kind: kind.into(),
            input,
            tags: vec![],
            terms: RequestedTerms::default(),
            idempotency_key: None,
            trace: Some(TRACE.parse().unwrap()),
        };
        let caller = build::identity(&build::tenant());
        self.submit.run(&caller, request).await
    }
}

#[tokio::test]
async fn a_new_kind_is_one_file_and_one_line() {
    let scene = scene();
    let task = scene.submit("count_words", json!({"text": "one two three"}));
    let task = task.await.unwrap().task;
    let delivery = Delivery {
        tenant: task.tenant,
        request_id: task.request_id,
        receipt: "receipt".into(),
        receive_count: 1,
        until: None,
    };
    assert_eq!(scene.run.run(&delivery).await, Outcome::Done);
    let task = scene.tasks.get(task.request_id).unwrap();
    assert_eq!(task.status(), Status::Completed);
    let value = json!({"words": 3});
    assert_eq!(task.state.result(), Some(&TaskResult::Inline { value }));
    let told = scene.updates.take();
    assert!(!told.is_empty());
    for announcement in told {
        let trace = announcement.trace.map(|trace| trace.to_string());
        assert_eq!(trace.as_deref(), Some(TRACE), "the trace goes to the push");
    }
}

#[tokio::test]
async fn its_input_is_checked_before_it_is_queued() {
    let scene = scene();
    for (input, field) in [
        (json!({"text": " "}), "input.text"),
        (json!({"text": 1}), "input.text"),
        (json!({"text": "a", "language": "en"}), "input.language"),
    ] {
        let refused = scene.submit("count_words", input).await;
        let Err(SubmitTaskError::Invalid(errors)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(errors[0].field, field);
    }
    assert!(scene.tasks.all().is_empty());
}

#[tokio::test]
async fn whoever_misspells_a_kind_is_told_of_it() {
    let refused = scene().submit("count_word", json!({})).await.unwrap_err();
    let text = refused.to_string();
    assert!(
        text.contains("aggregate, analyze, ") && text.contains("count_words"),
        "{text}"
    );
}

#[test]
fn its_retries_are_its_own() {
    let catalogue = tasks::catalogue().with::<CountWords>();
    assert_eq!(catalogue.retry("count_words").attempts, 8);
    assert_eq!(catalogue.retry("aggregate"), RETRY);
    for name in catalogue.names() {
        let attempts = catalogue.retry(name).attempts;
        assert!((1..=MOST_RECEIVES / 2).contains(&attempts), "{name}");
    }
}

#[test]
fn the_guide_shows_this_file_and_the_template_that_limit() {
    let guide = include_str!("../../../../docs/task-kinds.md");
    assert!(guide.contains(include_str!("count_words.rs")));
    let template = include_str!("../../../../template.yaml");
    assert!(template.contains(&format!("maxReceiveCount: {MOST_RECEIVES}")));
}
