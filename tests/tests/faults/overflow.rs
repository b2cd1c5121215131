//! The pool takes the steady load alone; Lambda helps with a burst, stops again, and takes over from a
//! pool that is gone. The queue, the pool and Lambda's event source mapping are real ones of this test;
//! the function that turns the mapping on and off is asked directly instead of every minute.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use boot::SystemClock;
use domain::Task;
use domain::ports::PoolHeartbeats;
use domain::task::Status;
use end_to_end::{Stack, fresh};
use futures::FutureExt;
use futures::future::join_all;
use runtime_api::Function;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::lane::{Lane, large, small};
use crate::site::{Site, patiently};

/// For anything that is to come about, with a busy machine in mind.
const PATIENCE: Duration = Duration::from_mins(2);

/// The steady load: tasks, and the time from one to the next.
const STEADY: usize = 40;
const PACE: Duration = Duration::from_millis(150);

/// Tasks of a burst, sent at once; as many bursts as it takes.
const BURST: usize = 40;

/// So few places that a burst has to wait.
const TWO: [(&str, &str); 2] = [("POOL_CONCURRENCY", "1"), ("POOL_URGENT_CONCURRENCY", "1")];

/// The function that decides, and what it decides about.
struct Scene {
    lane: Lane,
    heartbeats: aws::dynamo::Heartbeats,
    table: String,
    mapping: String,
}

impl Scene {
    /// The function with this patience.
    fn overflow(&self, after_seconds: &str) -> Function {
        self.lane.function(
            "overflow",
            &[
                ("POOL_TABLE", &*self.table),
                ("EVENT_SOURCE", &*self.mapping),
                ("URGENT_EVENT_SOURCE", &*self.mapping),
                ("OVERFLOW_AFTER_SECONDS", after_seconds),
                ("OVERFLOW_CALM_SECONDS", "3"),
            ],
        )
    }

    /// Messages that pools have taken, as those alive say that it is so now.
    async fn taken(&self) -> u64 {
        let beats = patiently(async || self.heartbeats.all().await).await;
        beats.iter().map(|beat| beat.taken).sum()
    }

    /// The same, once there were so many, or the next heartbeat must have come.
    async fn taken_at_last(&self, expected: u64) -> u64 {
        let end = Instant::now() + Duration::from_secs(7);
        loop {
            let taken = self.taken().await;
            if taken >= expected || Instant::now() > end {
                return taken;
            }
            sleep(Duration::from_millis(500)).await;
        }
    }
}

/// Has it decide, until it decides so. Whether it has turned the mapping on or off by then, which may
/// be at an earlier decision: on a slow machine a burst waits for long enough to spill over first.
async fn decides(overflow: &Function, takers: &str, meanwhile: impl AsyncFn()) -> bool {
    let end = Instant::now() + PATIENCE;
    let mut switched = false;
    loop {
        let answer = overflow.invoke(json!({})).await.expect("it decides");
        switched |= answer["switched"] == true;
        if answer["takers"] == takers {
            return switched;
        }
        assert!(Instant::now() < end, "no {takers}: {answer}");
        meanwhile().await;
    }
}

async fn a_second() {
    sleep(Duration::from_secs(1)).await;
}

async fn submit(lane: &Lane, count: usize) -> Vec<Task> {
    join_all((0..count).map(|_| lane.submit(large()))).await
}

#[tokio::test]
async fn the_pool_takes_the_steady_load_and_lambda_what_it_does_not_manage() {
    Site::with(async |site| {
        let lane = site.lane().await;
        with_scene(&site, lane, async |scene: &Scene| {
            let (lane, patient) = (&scene.lane, scene.overflow("10"));
            let table = ("POOL_TABLE", &*scene.table);
            let mut pool = lane.pool(&[&TWO[..], &[table]].concat());

            // Alone, as soon as it has shown that it lives.
            decides(&patient, "pool", a_second).await;
            let mut tasks = Vec::new();
            for n in 0..STEADY {
                tasks.push(lane.submit(small()).await);
                sleep(PACE).await;
                if n % 10 == 0 {
                    patient.invoke(json!({})).await.expect("it decides");
                }
            }
            lane.settle(&tasks, Status::Completed).await;
            decides(&patient, "pool", a_second).await;
            let taken = scene.taken_at_last(STEADY as u64).await;
            assert!(taken * 100 >= STEADY as u64 * 95, "{taken} of {STEADY}");

            // Bursts until one waits for too long.
            let (hasty, burst) = (scene.overflow("1"), std::sync::Mutex::default());
            let more = async || {
                let sent = submit(lane, BURST).await;
                let mut burst = burst.lock().expect("nobody panics with it");
                Vec::extend(&mut burst, sent);
            };
            decides(&hasty, "spilling", more).await;
            more().await;
            let burst = burst.into_inner().expect("nobody panics with it");
            lane.settle(&burst, Status::Completed).await;
            let all = (STEADY + burst.len()) as u64;
            let taken = scene.taken_at_last(all).await;
            assert!(taken < all, "Lambda has taken none of {all}");

            // Then alone again.
            decides(&patient, "pool", a_second).await;

            // Until it is killed in the middle of work.
            let tasks = submit(lane, BURST).await;
            lane.ended(&tasks[0]).await;
            pool.kill9().await;
            let before = Instant::now();
            let switched = decides(&patient, "lambda", a_second).await;
            assert!(switched, "the mapping was on before");
            let silence = before.elapsed();
            assert!(
                silence < Duration::from_mins(1),
                "within the setting: {silence:?}"
            );
            lane.settle(&tasks, Status::Completed).await;
        })
        .await;
    })
    .await;
}

/// Runs a test with a worker on Lambda, the way to it from the lane's queue, and a table for heartbeats,
/// which are removed with it, also when it fails.
async fn with_scene(site: &Arc<Site>, lane: Lane, test: impl AsyncFnOnce(&Scene)) {
    let table = site.table("fleet", "id").await;
    let name = format!("faults-{}", fresh());
    deploy_worker(site, &lane, &name).await;
    let mapping = lambda(
        "POST",
        "event-source-mappings",
        &json!({
            "FunctionName": &name,
            "EventSourceArn": lane.arn().await,
            "BatchSize": 5,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": 2},
        }),
    )
    .await;
    let scene = Scene {
        heartbeats: aws::dynamo::Heartbeats::new(&site.sdk, &table, Arc::new(SystemClock)),
        lane,
        mapping: mapping["UUID"].as_str().expect("an id").to_owned(),
        table,
    };
    let outcome = AssertUnwindSafe(test(&scene)).catch_unwind().await;
    let mapping = format!("event-source-mappings/{}", scene.mapping);
    lambda("DELETE", &mapping, &Value::Null).await;
    lambda("DELETE", &format!("functions/{name}"), &Value::Null).await;
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
}

/// The deployed worker once more, for this lane.
async fn deploy_worker(site: &Site, lane: &Lane, name: &str) {
    let zips = site.stack.buckets().list_objects_v2();
    let zips = zips.bucket("adology-artifacts").prefix("worker/");
    let zips = zips.send().await.expect("the zips are there");
    let zip = zips.contents().first().and_then(|zip| zip.key());
    let variables: serde_json::Map<_, _> = lane
        .env(&[])
        .into_iter()
        // What the emulator itself adds.
        .filter(|(name, _)| !name.starts_with("AWS_"))
        .map(|(name, value)| (name, json!(value)))
        .collect();
    let function = json!({
        "FunctionName": name,
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Role": "arn:aws:iam::000000000000:role/faults",
        "Timeout": 120,
        "MemorySize": 512,
        "Code": {"S3Bucket": "adology-artifacts", "S3Key": zip.expect("a worker")},
        "Environment": {"Variables": variables},
    });
    lambda("POST", "functions", &function).await;
}

/// Asks the emulator's Lambda, which wants no signature.
async fn lambda(method: &str, path: &str, body: &Value) -> Value {
    let endpoint = Stack::variable("AWS_ENDPOINT_URL");
    let url = format!("{endpoint}/2015-03-31/{path}");
    let client = reqwest::Client::builder().no_proxy().build();
    let method = method.parse().expect("a method");
    let request = client.expect("a client").request(method, url).json(body);
    let answer = request.send().await.expect("the emulator answers");
    let (status, text) = (answer.status(), answer.text().await.expect("a body"));
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}
