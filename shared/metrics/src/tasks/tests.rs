use std::collections::BTreeMap;

use domain::ports::SubmissionLedger as _;
use domain::task::TaskResult;
use domain::{Failure, IdempotencyKey, Submission, Usage, Usd};
use serde_json::{Value, json};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::contract::{submission_ledger, task_store};
use testkit::memory::{Fault, Faults, MemorySubmissions, MemoryTasks};
use time::Duration;

use super::*;
use crate::MeteredSubmissions;

const LEASE: Duration = Duration::seconds(30);

struct Scene {
    meter: Meter,
    store: MeteredTasks,
    faults: Faults,
    task: Task,
    token: LeaseToken,
}

async fn scene() -> Scene {
    let faults = Faults::default();
    let meter = Meter::new("test", "worker", Arc::new(FixedClock::at(NOW))).unwrap();
    let store = MeteredTasks::new(Arc::new(MemoryTasks::new(&faults)), &meter);
    let task = build::task(&build::tenant(), "aggregate", json!({}));
    store.create(&task).await.unwrap();
    Scene {
        meter,
        store,
        faults,
        task,
        token: build::lease_token(),
    }
}

impl Scene {
    /// Makes a change and stores it.
    async fn write<E: std::fmt::Debug>(&mut self, change: impl FnOnce(&mut Task) -> Result<(), E>) {
        let before = self.task.version;
        change(&mut self.task).unwrap();
        self.store.replace(&self.task, before).await.unwrap();
    }

    async fn claim(&mut self, after: Duration) {
        let token = self.token;
        self.write(|task| task.claim(token, NOW + after, LEASE))
            .await;
    }

    /// Every value since the last time, by metric, kind and code.
    fn seen(&self) -> BTreeMap<String, Option<f64>> {
        let mut text = Vec::new();
        self.meter.flush_to(&mut text);
        let lines = text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        let mut seen = BTreeMap::new();
        for line in lines {
            let line: Value = serde_json::from_slice(line).unwrap();
            assert_eq!(
                (&line["Stage"], &line["Kind"]),
                (&json!("test"), &json!("aggregate"))
            );
            let directive = &line["_aws"]["CloudWatchMetrics"][0];
            assert!(
                directive["Dimensions"]
                    .as_array()
                    .unwrap()
                    .contains(&json!(["Stage"]))
            );
            for metric in directive["Metrics"].as_array().unwrap() {
                let name = metric["Name"].as_str().unwrap();
                let code = line["Code"].as_str().map(|code| format!(" {code}"));
                seen.insert(
                    format!("{name}{}", code.unwrap_or_default()),
                    line[name].as_f64(),
                );
            }
        }
        seen
    }
}

fn expected(values: &[(&str, u32)]) -> BTreeMap<String, Option<f64>> {
    let value = |(name, value): &(&str, u32)| ((*name).to_owned(), Some(f64::from(*value)));
    values.iter().map(value).collect()
}

#[tokio::test]
async fn a_task_that_completes_is_measured_on_the_way() {
    let mut scene = scene().await;
    assert_eq!(scene.seen(), expected(&[("Submitted", 1)]));
    scene.claim(Duration::seconds(3)).await;
    assert_eq!(
        scene.seen(),
        expected(&[("InFlight", 1), ("QueueWait", 3_000)])
    );
    let progress = domain::task::Progress {
        percent: 50,
        message: String::new(),
    };
    let token = scene.token;
    scene
        .write(|task| task.advance(token, progress, NOW, LEASE))
        .await;
    assert_eq!(scene.seen(), expected(&[]), "progress is not counted");
    let result = TaskResult::Inline { value: json!(1) };
    scene.task.usage = Usage::model(1, 1, Usd::from_nanos(2_000_000_000));
    scene
        .write(|task| task.complete(token, result, NOW + Duration::seconds(5)))
        .await;
    assert_eq!(
        scene.seen(),
        expected(&[("Completed", 1), ("RunTime", 2_000), ("Spend", 2)])
    );
}

#[tokio::test]
async fn failures_are_counted_by_code() {
    let mut scene = scene().await;
    let token = scene.token;
    scene.claim(Duration::ZERO).await;
    scene.seen();
    let away = Failure::transient("away", "");
    scene
        .write(|task| task.release(token, away, NOW + Duration::SECOND))
        .await;
    assert_eq!(
        scene.seen(),
        expected(&[("Retried away", 1), ("RunTime", 1_000)])
    );
    scene.claim(Duration::seconds(3)).await;
    assert_eq!(
        scene.seen(),
        expected(&[("InFlight", 1), ("QueueWait", 2_000)])
    );
    let bad = Failure::permanent("bad_data", "");
    scene
        .write(|task| task.fail(token, bad, NOW + Duration::seconds(3)))
        .await;
    assert_eq!(
        scene.seen(),
        expected(&[("Failed bad_data", 1), ("RunTime", 0), ("Spend", 0)])
    );
    scene.write(|task| task.retry(NOW)).await;
    assert_eq!(scene.seen(), expected(&[("Requeued", 1)]));
}

#[tokio::test]
async fn what_a_retried_task_had_used_before_is_spent_once() {
    let mut scene = scene().await;
    let token = scene.token;
    let used = |dollars: u64| Usage::model(1, 1, Usd::from_nanos(dollars * 1_000_000_000));
    for (used_so_far, spent) in [(used(2), 2), (used(5), 3), (used(5), 0)] {
        scene.claim(Duration::ZERO).await;
        scene.seen();
        scene.task.usage = used_so_far;
        let bad = Failure::permanent("bad_data", "");
        scene.write(|task| task.fail(token, bad, NOW)).await;
        assert_eq!(scene.seen()["Spend"], Some(f64::from(spent)));
        scene.write(|task| task.retry(NOW)).await;
    }
}

#[tokio::test]
async fn a_claim_after_a_dead_lease_waited_in_no_queue() {
    let mut scene = scene().await;
    scene.claim(Duration::ZERO).await;
    scene.seen();
    scene.claim(LEASE).await;
    assert_eq!(scene.seen(), expected(&[("InFlight", 2)]));
    let slow = Failure::permanent("deadline", "");
    let token = scene.token;
    scene
        .write(|task| task.time_out(token, slow, NOW + LEASE))
        .await;
    assert_eq!(
        scene.seen(),
        expected(&[("RunTime", 0), ("Spend", 0), ("TimedOut", 1)])
    );
}

#[tokio::test]
async fn a_task_called_off_before_it_ran_has_no_run_time() {
    let mut scene = scene().await;
    scene.seen();
    scene.write(|task| task.cancel(NOW)).await;
    assert_eq!(scene.seen(), expected(&[("Cancelled", 1), ("Spend", 0)]));
}

#[tokio::test]
async fn a_write_that_does_not_take_effect_is_not_counted() {
    let mut scene = scene().await;
    scene.seen();
    scene.faults.on("tasks.replace", 1, Fault::Conflict);
    let version = scene.task.version;
    scene.task.cancel(NOW).unwrap();
    scene.store.replace(&scene.task, version).await.unwrap_err();
    assert_eq!(scene.seen(), expected(&[]));
}

#[tokio::test]
async fn a_metered_store_is_a_task_store() {
    let meter = Meter::new("test", "worker", Arc::new(FixedClock::at(NOW))).unwrap();
    let store = MeteredTasks::new(Arc::new(MemoryTasks::default()), &meter);
    task_store::all(&store, &build::tenant()).await;
}

#[tokio::test]
async fn a_metered_ledger_is_a_ledger_and_counts_new_tasks_only() {
    let meter = Meter::new("test", "api", Arc::new(FixedClock::at(NOW))).unwrap();
    let tasks = Arc::new(MemoryTasks::default());
    let memory = Arc::new(MemorySubmissions::new(&tasks, &Faults::default()));
    let ledger = MeteredSubmissions::new(memory, &meter);
    let kept = submission_ledger::Kept {
        ledger: &ledger,
        store: tasks.as_ref(),
    };
    submission_ledger::all(kept, &build::tenant()).await;
    meter.flush_to(&mut Vec::new());

    let submission = Submission {
        key: IdempotencyKey::new("k").unwrap(),
        fingerprint: domain::Fingerprint::of_value(&json!(1)),
        expires_at: NOW + domain::submission::KEPT,
    };
    let tenant = build::tenant();
    for _ in 0..2 {
        let task = build::task(&tenant, "aggregate", json!({}));
        ledger.create_once(&task, &submission, NOW).await.unwrap();
    }
    let mut line = Vec::new();
    meter.flush_to(&mut line);
    let line: Value = serde_json::from_slice(&line).unwrap();
    assert_eq!(line["Submitted"].as_f64(), Some(1.0));
}
