use std::sync::Arc;

use async_trait::async_trait;
use domain::kind::{Catalogue, FieldError, Kind, TaskContext};
use domain::task::{Phase, Status};
use domain::{Failure, IdempotencyKey, RequestId};
use serde_json::{Value, json};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{Fault, Faults, MemorySubmissions, MemoryTaskQueue, MemoryTasks};

use super::*;
use crate::Compute;
use crate::submit_task::RequestedTerms;

/// A kind that takes numbers.
struct Numbers;

#[async_trait]
impl Kind for Numbers {
    const NAME: &'static str = "numbers";
    const COST_DRIVERS: &'static str = "nothing";
    type Input = BTreeMap<String, u32>;

    fn check(_: &Self::Input) -> Result<(), Vec<FieldError>> {
        Ok(())
    }

    async fn run(&self, _: &TaskContext, _: Self::Input) -> Result<Value, Failure> {
        Ok(Value::Null)
    }
}

struct Scene {
    batch: SubmitBatch,
    tasks: Arc<MemoryTasks>,
    queue: Arc<MemoryTaskQueue>,
    faults: Faults,
    caller: Identity,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let queue = Arc::new(MemoryTaskQueue::new(&faults));
    let submit_task = SubmitTask {
        catalogue: Catalogue::default().with::<Numbers>(),
        tasks: tasks.clone(),
        ledger: Arc::new(MemorySubmissions::new(&tasks, &faults)),
        queue: queue.clone(),
        metering: None,
        guard: webhooks::Guard::strict(),
        compute: Compute::lambda(256),
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(Counting::default()),
    };
    Scene {
        batch: SubmitBatch { submit_task },
        tasks,
        queue,
        faults,
        caller: build::identity(&build::tenant()),
    }
}

fn request(input: impl Into<Value>) -> TaskRequest {
    TaskRequest {
        kind: "numbers".into(),
        input: json!({"n": input.into()}),
        tags: vec![],
        terms: RequestedTerms::default(),
        idempotency_key: None,
        trace: None,
    }
}

fn keyed(key: &str, input: u32) -> TaskRequest {
    TaskRequest {
        idempotency_key: Some(IdempotencyKey::new(key).unwrap()),
        ..request(input)
    }
}

impl Scene {
    async fn run(&self, requests: Vec<TaskRequest>) -> Vec<Outcome> {
        self.batch.run(&self.caller, requests).await.unwrap()
    }

    fn sent(&self) -> Vec<RequestId> {
        let mut ids: Vec<_> = self.queue.take().into_iter().map(|(_, id)| id).collect();
        ids.sort_unstable();
        ids
    }
}

fn input(outcome: &Outcome) -> &Value {
    &outcome.as_ref().unwrap().task.input["n"]
}

#[tokio::test]
async fn every_task_is_stored_and_queued_in_its_place() {
    let scene = scene();
    let outcomes = scene.run((0..100_u32).map(request).collect()).await;
    for (place, outcome) in outcomes.iter().enumerate() {
        assert_eq!(*input(outcome), json!(place));
    }
    let stored: Vec<_> = scene.tasks.all().iter().map(|t| t.request_id).collect();
    assert_eq!((stored.len(), scene.sent()), (100, stored));
}

#[tokio::test]
async fn a_batch_has_a_smallest_and_a_largest_size() {
    let scene = scene();
    let run = async |count| {
        let requests = vec![request(1); count];
        scene.batch.run(&scene.caller, requests).await.unwrap_err()
    };
    assert_eq!(run(0).await, SubmitBatchError::Empty);
    assert_eq!(run(101).await, SubmitBatchError::TooMany { count: 101 });
    assert!(scene.faults.calls().is_empty());
}

#[tokio::test]
async fn a_refused_task_does_not_hinder_the_others() {
    let scene = scene();
    let unknown = TaskRequest {
        kind: "dance".into(),
        ..request(1)
    };
    let outcomes = scene
        .run(vec![request(0), request("text"), unknown, request(3)])
        .await;
    assert!(matches!(outcomes[1], Err(SubmitTaskError::Invalid(_))));
    assert!(matches!(
        outcomes[2],
        Err(SubmitTaskError::UnknownKind { .. })
    ));
    assert_eq!(
        (input(&outcomes[0]), input(&outcomes[3])),
        (&json!(0), &json!(3))
    );
    assert_eq!(scene.sent().len(), 2);
}

#[tokio::test]
async fn a_key_repeated_in_a_batch_stands_for_the_first() {
    let scene = scene();
    let (first, other) = (keyed("a", 1), keyed("b", 1));
    let outcomes = scene
        .run(vec![first.clone(), other, keyed("a", 2), first])
        .await;
    let ids: Vec<_> = scene.tasks.all().iter().map(|t| t.request_id).collect();
    assert_eq!(ids.len(), 2);
    assert!(matches!(
        outcomes[2],
        Err(SubmitTaskError::KeyReused { .. })
    ));
    let (made, again) = (outcomes[0].as_ref().unwrap(), outcomes[3].as_ref().unwrap());
    assert_eq!((made.replayed, again.replayed), (false, true));
    assert_eq!(made.task, again.task);
}

#[tokio::test]
async fn the_same_batch_again_makes_no_second_task() {
    let scene = scene();
    let batch: Vec<_> = (0..10).map(|n| keyed(&n.to_string(), n)).collect();
    let first = scene.run(batch.clone()).await;
    let again = scene.run(batch).await;
    for (first, again) in first.iter().zip(&again) {
        let (first, again) = (first.as_ref().unwrap(), again.as_ref().unwrap());
        assert_eq!((&again.task, again.replayed), (&first.task, true));
    }
    assert_eq!(scene.tasks.all().len(), 10);
}

#[tokio::test(start_paused = true)]
async fn only_what_was_not_sent_is_sent_again() {
    let scene = scene();
    scene.faults.on("queue.send", 2, Fault::Unavailable);
    scene.run((0..3_u32).map(request).collect()).await;
    assert_eq!(scene.faults.count("queue.send"), 4);
    assert_eq!(scene.sent().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn one_that_cannot_be_stored_or_sent_fails_alone() {
    let scene = scene();
    scene.faults.on("tasks.create", 1, Fault::Unavailable);
    scene.faults.on("queue.send", 2, Fault::Broken);
    let outcomes = scene.run((0..4_u32).map(request).collect()).await;
    let (mut taken, mut unstored, mut unsent) = (vec![], 0, 0);
    for (place, outcome) in outcomes.iter().enumerate() {
        match outcome {
            Ok(submitted) => taken.push((submitted.task.request_id, place)),
            Err(SubmitTaskError::NotStored(_)) => unstored += 1,
            Err(SubmitTaskError::NotQueued(_)) => unsent += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((taken.len(), unstored, unsent), (2, 1, 1));
    for (id, place) in &taken {
        let task = scene.tasks.get(*id).unwrap();
        assert_eq!(task.input["n"], *place);
        assert_eq!(task.phase(), Some(Phase::Queued));
    }
    let stored = scene.tasks.all();
    let failed = stored.iter().filter(|t| t.status() == Status::Failed);
    assert_eq!((stored.len(), failed.count()), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn with_keys_a_batch_heals_when_sent_again() {
    let scene = scene();
    let batch = vec![keyed("a", 1), keyed("b", 2), keyed("a", 1)];
    scene
        .faults
        .on("submissions.create_once", 2, Fault::LostAnswer);
    scene.faults.always("queue.send", Fault::Unavailable);
    let outcomes = scene.run(batch.clone()).await;
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    scene.faults.clear();
    let outcomes = scene.run(batch).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let stored = scene.tasks.all();
    assert_eq!(stored.len(), 2);
    assert!(
        stored
            .iter()
            .all(|task| task.phase() == Some(Phase::Queued))
    );
    let mut sent = scene.sent();
    sent.dedup();
    assert_eq!(sent.len(), 2);
}
