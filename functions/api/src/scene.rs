//! The API over ports in memory, asked with events of API Gateway.

use std::path::PathBuf;
use std::sync::Arc;

use app::Compute;
use app::submit_task::Metering;
use axum::Router;
use domain::dead_letters::DeadQueue;
use domain::ports::{DeadLetter, Pauses as _, ReportStore, ResultStore};
use domain::rate::Rate;
use domain::task::{NewTask, Terms};
use domain::{
    Architecture, Failure, Pause, Prices, Report, Task, TaskResult, TenantId, Usage, UserId,
};
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::{Context, LambdaEvent};
use serde_json::{Value, json};
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{
    Faults, MemoryActivity, MemoryBroadcastQueue, MemoryBuriedLetters, MemoryCallbackQueue,
    MemoryConnections, MemoryEventSources, MemoryEvents, MemoryHealth, MemoryHeartbeats,
    MemoryPauses, MemoryPostings, MemoryQueueDepths, MemoryRates, MemoryReports, MemoryResults,
    MemoryRootSecrets, MemorySourceQueues, MemorySubmissions, MemoryTaskQueue, MemoryTasks,
    MemoryTickets, MemoryUpdateQueue, MemoryUploads,
};
use time::Duration;

use crate::lambda::answer;
use crate::router::router;
use crate::state::{App, Ports};

/// A completed task of the sample events' caller, with a small result.
pub(crate) const SMALL: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
/// A completed one with a large result.
pub(crate) const LARGE: &str = "01890a5d-ac96-774b-bcce-b302099a8058";
/// One that a worker holds.
pub(crate) const RUNNING: &str = "01890a5d-ac96-774b-bcce-b302099a8059";
/// One that failed.
pub(crate) const FAILED: &str = "01890a5d-ac96-774b-bcce-b302099a805a";
/// A queued one that runs outside.
pub(crate) const EXTERNAL: &str = "01890a5d-ac96-774b-bcce-b302099a805c";
/// A completed one of another tenant.
pub(crate) const FOREIGN: &str = "01890a5d-ac96-774b-bcce-b302099a805b";

/// How many tasks a tenant may submit.
pub(crate) const RATE: Rate = Rate {
    per_minute: 40,
    burst: 20,
};

/// The API and what is behind it.
pub(crate) struct Scene {
    router: Router,
    /// What goes wrong.
    pub(crate) faults: Faults,
    /// Where tasks are.
    pub(crate) tasks: Arc<MemoryTasks>,
    /// What was queued.
    pub(crate) queue: Arc<MemoryTaskQueue>,
    /// Which broadcasts were queued.
    pub(crate) broadcasts: Arc<MemoryBroadcastQueue>,
    /// Which updates were.
    pub(crate) updates: Arc<MemoryUpdateQueue>,
    /// Who is connected.
    pub(crate) connections: Arc<MemoryConnections>,
    /// What nobody could handle.
    pub(crate) letters: Arc<MemoryBuriedLetters>,
    /// Where it goes back to.
    pub(crate) sources: Arc<MemorySourceQueues>,
    /// What was posted to those who listen.
    pub(crate) postings: Arc<MemoryPostings>,
    /// The present.
    pub(crate) clock: Arc<FixedClock>,
    /// What is paused.
    pub(crate) pauses: Arc<MemoryPauses>,
}

/// What API Gateway got.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u64,
    /// The headers.
    pub(crate) headers: Value,
    /// The body, read as JSON.
    pub(crate) body: Value,
}

impl Answer {
    /// Status and stable code, the latter empty without an error.
    pub(crate) fn code(&self) -> (u64, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }
}

impl Scene {
    /// The API, with a few tasks done.
    pub(crate) async fn new() -> Self {
        let faults = Faults::default();
        let tasks = Arc::new(MemoryTasks::new(&faults));
        let queue = Arc::new(MemoryTaskQueue::new(&faults));
        let results = Arc::new(MemoryResults::new(&faults));
        fill(&tasks, &results).await;
        let reports = Arc::new(MemoryReports::new(&faults));
        report(&tasks, &reports).await;
        let broadcasts = Arc::new(MemoryBroadcastQueue::new(&faults));
        let updates = Arc::new(MemoryUpdateQueue::new(&faults));
        let connections = Arc::new(MemoryConnections::new(&faults));
        let letters = Arc::new(MemoryBuriedLetters::new(&faults));
        bury(&letters);
        let sources = Arc::new(MemorySourceQueues::new(&faults));
        let postings = Arc::new(MemoryPostings::new(&faults));
        let clock = Arc::new(FixedClock::at(NOW));
        let ports = ports(&faults, &tasks, &queue, results, clock.clone());
        let pauses = Arc::new(MemoryPauses::new(clock.clone(), &faults));
        pause(&pauses).await;
        let app = App::over(Ports {
            pauses: pauses.clone(),
            broadcasts: broadcasts.clone(),
            census: connections.clone(),
            connections: connections.clone(),
            dead_letters: letters.clone(),
            source_queues: sources.clone(),
            postings: postings.clone(),
            reports,
            updates: updates.clone(),
            ..ports
        });
        Self {
            router: router(Arc::new(app)),
            faults,
            tasks,
            queue,
            broadcasts,
            updates,
            connections,
            letters,
            sources,
            postings,
            clock,
            pauses,
        }
    }

    /// Answers an event.
    pub(crate) async fn ask(&self, event: ApiGatewayV2httpRequest) -> Answer {
        let event = LambdaEvent::new(event, Context::default());
        let Ok(answered) = answer(self.router.clone(), event).await;
        let answer = serde_json::to_value(answered).unwrap();
        assert_eq!(answer["isBase64Encoded"], false, "every body is text");
        let text = answer["body"].as_str().unwrap();
        Answer {
            status: answer["statusCode"].as_u64().unwrap(),
            headers: answer["headers"].clone(),
            body: serde_json::from_str(text).unwrap(),
        }
    }

    /// Gets a path as the sample events' caller.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let mut event = sample("dashboard");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        event.raw_path = Some(path.into());
        event.raw_query_string = Some(query.into());
        self.ask(event).await
    }

    /// Deletes a path as the sample events' caller.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        let mut event = sample("cancel-task");
        event.raw_path = Some(path.into());
        self.ask(event).await
    }

    /// Posts a text as the sample events' caller.
    pub(crate) async fn post(&self, path: &str, body: impl ToString) -> Answer {
        let mut event = sample("submit-aggregate");
        event.raw_path = Some(path.into());
        event.body = Some(body.to_string());
        self.ask(event).await
    }
}

/// Where the sample events are.
pub(crate) fn samples() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "events", "api"]
        .iter()
        .collect()
}

/// A sample event.
pub(crate) fn sample(name: &str) -> ApiGatewayV2httpRequest {
    let file = samples().join(format!("{name}.json"));
    let text = std::fs::read_to_string(&file).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn ports(
    faults: &Faults,
    tasks: &Arc<MemoryTasks>,
    queue: &Arc<MemoryTaskQueue>,
    results: Arc<MemoryResults>,
    clock: Arc<FixedClock>,
) -> Ports {
    let events = Arc::new(MemoryEvents::new(faults));
    let uploads = Arc::new(MemoryUploads::new(faults));
    let activity = Arc::new(MemoryActivity::new(faults));
    Ports {
        activity,
        broadcasts: Arc::new(MemoryBroadcastQueue::new(faults)),
        callbacks: Arc::new(MemoryCallbackQueue::new(faults)),
        census: Arc::new(MemoryConnections::new(faults)),
        connections: Arc::new(MemoryConnections::new(faults)),
        dead_letters: Arc::new(MemoryBuriedLetters::new(faults)),
        event_sources: Arc::new(MemoryEventSources::new(clock.clone(), faults)),
        pauses: Arc::new(MemoryPauses::new(clock.clone(), faults)),
        pool: Arc::new(MemoryHeartbeats::new(clock.clone(), faults)),
        postings: Arc::new(MemoryPostings::new(faults)),
        queue_depths: Arc::new(MemoryQueueDepths::new(faults)),
        source_queues: Arc::new(MemorySourceQueues::new(faults)),
        clock,
        entropy: Arc::new(Counting::default()),
        traces: Arc::new(Counting::default()),
        events: events.clone(),
        guard: webhooks::Guard::strict(),
        compute: Compute::lambda(256),
        index: tasks.clone(),
        late_usage: tasks.clone(),
        keys: Arc::new(idempotency::MemoryStore::default()),
        logs: events.clone(),
        metering: Some(Metering {
            limit: Arc::new(MemoryRates::new(faults)),
            rate: RATE,
        }),
        ledger: Arc::new(MemorySubmissions::new(tasks, faults)),
        prices: Prices::us_east_1(Architecture::Arm64),
        queue: queue.clone(),
        catalogue: tasks::catalogue(),
        reports: Arc::new(MemoryReports::new(faults)),
        response_times: events.clone(),
        results,
        roots: Arc::new(MemoryRootSecrets::new(faults)),
        series: events,
        servers: vec![
            Arc::new(MemoryHealth::new("postgres", faults)),
            Arc::new(MemoryHealth::new("mongodb", faults)),
        ],
        tasks: tasks.clone(),
        tickets: Arc::new(MemoryTickets::new(faults)),
        updates: Arc::new(MemoryUpdateQueue::new(faults)),
        upload_forms: uploads,
        websocket_url: "wss://f6g7h8i9j0.execute-api.eu-central-1.amazonaws.com/live".into(),
    }
}

/// A tenant of whom nothing is taken on until noon of the next day.
async fn pause(pauses: &MemoryPauses) {
    let pause = Pause {
        reason: "the month's budget is spent".into(),
        until: Some(NOW + Duration::DAY),
        ..build::pause("tenant:paused", "guard:adology-monthly", NOW)
    };
    assert!(pauses.pause(&pause).await.unwrap());
}

/// Letters about a failed, a running and another tenant's task, and one that is no message.
fn bury(letters: &MemoryBuriedLetters) {
    let about =
        |tenant: &str, id: &str| json!({"v": 1, "tenant": tenant, "request_id": id}).to_string();
    for (body, reason) in [
        (about("acme", FAILED), "invalid_input: window: unknown"),
        (about("acme", RUNNING), ""),
        (about("zeta", FOREIGN), ""),
        (
            "{}".into(),
            "unreadable_message: the message is not of the expected form",
        ),
    ] {
        let letter = DeadLetter {
            body,
            message_id: "059f36b4-87a3-44ab-83d2-661975000001".into(),
            reason: reason.into(),
        };
        letters.bury(DeadQueue::Work, &letter);
    }
}

async fn fill(tasks: &MemoryTasks, results: &MemoryResults) {
    let inline = TaskResult::Inline {
        value: json!({"rows": [{"service": "shop", "count": 2}]}),
    };
    tasks.put(completed(submitted(SMALL, "acme"), inline.clone()));
    tasks.put(completed(submitted(FOREIGN, "zeta"), inline));
    let large = submitted(LARGE, "acme");
    let rows = json!({"rows": []});
    let key = results.put(&large.tenant, large.request_id, 1, &rows).await;
    let stored = TaskResult::Stored {
        key: key.unwrap(),
        bytes: 40_000,
    };
    tasks.put(completed(large, stored));
    tasks.put(claimed(submitted(RUNNING, "acme")).0);
    let mut external = submitted(EXTERNAL, "acme");
    external.kind = "external".into();
    tasks.put(external);
    let (mut failed, token) = claimed(submitted(FAILED, "acme"));
    let failure = Failure::permanent("invalid_input", "window: unknown");
    failed.fail(token, failure, NOW).unwrap();
    tasks.put(failed);
}

/// Keeps the reports of completed tasks.
async fn report(tasks: &MemoryTasks, reports: &MemoryReports) {
    for id in [SMALL, LARGE, FOREIGN] {
        let task = tasks.get(id.parse().unwrap()).unwrap();
        let report = Report::of(&task, "Requests by service".into()).unwrap();
        reports.save(&report).await.unwrap();
    }
}

fn submitted(id: &str, tenant: &str) -> Task {
    let new = NewTask {
        request_id: id.parse().unwrap(),
        tenant: TenantId::new(tenant).unwrap(),
        owner: UserId::new("93c4d8f2-1061-70aa-0f9a-3d1b2f4e5a6c").unwrap(),
        kind: "aggregate".into(),
        input: json!({"window": "all"}),
        tags: vec!["nightly".into()],
        terms: Terms::default(),
    };
    Task::submit(new, NOW)
}

fn claimed(mut task: Task) -> (Task, domain::LeaseToken) {
    let token = build::lease_token();
    task.claim(token, NOW, Duration::seconds(30)).unwrap();
    (task, token)
}

fn completed(task: Task, result: TaskResult) -> Task {
    let (mut task, token) = claimed(task);
    task.usage = Usage {
        write_units: 4,
        sqs_requests: 3,
        ..Usage::lambda(250_000, 512)
    };
    task.complete(token, result, NOW).unwrap();
    task
}
