mod keys;

use async_trait::async_trait;
use domain::Failure;
use domain::kind::{Kind, TaskContext};
use domain::task::{Phase, Status};
use serde::Deserialize;
use serde_json::json;
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemorySubmissions, MemoryTaskQueue, MemoryTasks};

use super::*;
use crate::Compute;

/// A kind with two fields, either of which can be wrong.
struct Sized;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Size {
    width: u32,
    note: String,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            width: 1,
            note: String::new(),
        }
    }
}

#[async_trait]
impl Kind for Sized {
    const NAME: &'static str = "sized";
    const COST_DRIVERS: &'static str = "nothing";
    type Input = Size;

    fn check(input: &Size) -> Result<(), Vec<FieldError>> {
        if input.width > 0 && input.note != "whole" {
            return Ok(());
        }
        let field = if input.width == 0 { "width" } else { "" };
        Err(vec![FieldError::new(field, "is wrong")])
    }

    async fn run(&self, _: &TaskContext, _: Size) -> Result<Value, Failure> {
        Ok(Value::Null)
    }
}

struct Scene {
    submit: SubmitTask,
    tasks: Arc<MemoryTasks>,
    queue: Arc<MemoryTaskQueue>,
    faults: Faults,
    clock: Arc<FixedClock>,
    caller: Identity,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let queue = Arc::new(MemoryTaskQueue::new(&faults));
    let clock = Arc::new(FixedClock::at(NOW));
    let submit = SubmitTask {
        catalogue: Catalogue::default().with::<Sized>(),
        tasks: tasks.clone(),
        ledger: Arc::new(MemorySubmissions::new(&tasks, &faults)),
        queue: queue.clone(),
        metering: None,
        guard: webhooks::Guard::strict(),
        compute: Compute::lambda(256),
        clock: clock.clone(),
        entropy: Arc::new(Counting::default()),
    };
    Scene {
        submit,
        tasks,
        queue,
        faults,
        clock,
        caller: build::identity(&build::tenant()),
    }
}

fn request(input: Value) -> TaskRequest {
    TaskRequest {
        kind: "sized".into(),
        input,
        tags: vec!["nightly".into()],
        terms: RequestedTerms::default(),
        idempotency_key: None,
        trace: None,
    }
}

impl Scene {
    async fn run(&self, request: TaskRequest) -> Result<Task, SubmitTaskError> {
        let submitted = self.submit.run(&self.caller, request).await?;
        assert!(!submitted.replayed, "it made the task");
        Ok(submitted.task)
    }

    async fn fields_at_fault(&self, request: TaskRequest) -> Vec<String> {
        match self.run(request).await {
            Err(SubmitTaskError::Invalid(errors)) => {
                errors.into_iter().map(|error| error.field).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_task_is_stored_and_then_queued() {
    let scene = scene();
    let task = scene.run(request(json!({"width": 2}))).await.unwrap();
    assert_eq!((task.version, task.phase()), (1, Some(Phase::Queued)));
    assert_eq!(task.tenant, scene.caller.tenant);
    assert_eq!(task.owner, scene.caller.user);
    assert_eq!(scene.tasks.all(), std::slice::from_ref(&task));
    assert_eq!(scene.queue.take(), [(task.tenant, task.request_id)]);
    assert_eq!(scene.faults.calls(), ["tasks.create", "queue.send"]);
}

#[tokio::test]
async fn a_refused_request_leaves_no_trace() {
    let scene = scene();
    let unknown = TaskRequest {
        kind: "dance".into(),
        ..request(json!({}))
    };
    let error = scene.run(unknown).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no kind \"dance\"; known kinds: sized"
    );

    let large = request(json!({"note": "x".repeat(MOST_INPUT)}));
    let error = scene.run(large).await.unwrap_err();
    assert!(matches!(error, SubmitTaskError::InputTooLarge { bytes } if bytes > MOST_INPUT));

    for (input, field) in [
        (json!({"width": 0}), "input.width"),
        (json!({"note": "whole"}), "input"),
        (json!({"width": "wide"}), "input.width"),
        (json!({"colour": 1}), "input.colour"),
        (json!(7), "input"),
    ] {
        assert_eq!(scene.fields_at_fault(request(input)).await, [field]);
    }
    assert!(
        scene.faults.calls().is_empty(),
        "nothing was stored or sent"
    );
}

#[tokio::test]
async fn tags_are_short_plain_and_few() {
    let scene = scene();
    let tagged = |tags: Vec<String>| TaskRequest {
        tags,
        ..request(json!({"width": 0}))
    };
    let bad = ["good", "a#b", "", "a\nb", &"x".repeat(65), &"x".repeat(64)];
    let tags = bad.into_iter().map(String::from).collect();
    assert_eq!(
        scene.fields_at_fault(tagged(tags)).await,
        ["input.width", "tags[1]", "tags[2]", "tags[3]", "tags[4]"],
        "input and tags are told of at once"
    );
    let many = (0..11).map(|n| n.to_string()).collect();
    assert_eq!(
        scene.fields_at_fault(tagged(many)).await,
        ["input.width", "tags"]
    );
}

#[tokio::test]
async fn a_task_that_cannot_be_stored_is_not_queued() {
    let scene = scene();
    scene.faults.always("tasks.create", Fault::Unavailable);
    let error = scene.run(request(json!({}))).await.unwrap_err();
    assert!(matches!(error, SubmitTaskError::NotStored(_)));
    assert!(scene.queue.take().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_message_is_sent_again() {
    let scene = scene();
    scene.faults.on("queue.send", 1, Fault::Unavailable);
    scene.faults.on("queue.send", 2, Fault::Unavailable);
    scene.run(request(json!({}))).await.unwrap();
    assert_eq!(scene.queue.take().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_without_a_message_ends_with_a_reason() {
    let scene = scene();
    scene.faults.always("queue.send", Fault::Unavailable);
    let error = scene.run(request(json!({}))).await.unwrap_err();
    assert!(matches!(error, SubmitTaskError::NotQueued(_)));
    let task = scene.tasks.all().remove(0);
    assert_eq!((task.status(), task.version), (Status::Failed, 2));
    assert_eq!(task.state.failure().unwrap().code, "not_queued");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_sent_is_not_sent_again() {
    let scene = scene();
    scene.faults.always("queue.send", Fault::Broken);
    let error = scene.run(request(json!({}))).await.unwrap_err();
    assert!(matches!(error, SubmitTaskError::NotQueued(_)));
    assert_eq!(scene.faults.count("queue.send"), 1);
}

/// The message arrived though its answer got lost, and a worker has claimed the task meanwhile.
#[tokio::test(start_paused = true)]
async fn a_task_that_a_worker_has_is_taken_on() {
    let scene = scene();
    scene.faults.always("queue.send", Fault::LostAnswer);
    scene.faults.on("tasks.replace", 1, Fault::Conflict);
    let task = scene.run(request(json!({}))).await.unwrap();
    assert_eq!(task.version, 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_ended_stays_queued() {
    let scene = scene();
    scene.faults.always("queue.send", Fault::Unavailable);
    scene.faults.always("tasks.replace", Fault::Unavailable);
    let error = scene.run(request(json!({}))).await.unwrap_err();
    assert!(matches!(error, SubmitTaskError::NotQueued(_)));
    assert_eq!(scene.tasks.all().remove(0).phase(), Some(Phase::Queued));
}

/// The sweep sends it when it is time.
#[tokio::test]
async fn a_task_that_is_to_run_much_later_gets_its_message_later() {
    for (minutes, sent) in [(10, 1), (11, 0)] {
        let scene = scene();
        let mut later = request(json!({}));
        later.terms.start = Start::After(time::Duration::minutes(minutes));
        let task = scene.run(later).await.unwrap();
        assert_eq!(scene.queue.take().len(), sent, "{minutes}");
        assert_eq!(scene.tasks.get(task.request_id), Some(task));
    }
}
