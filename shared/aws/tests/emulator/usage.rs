//! Calls are counted into the ledger of the work that makes them, as the services bill them.

use std::sync::Arc;

use aws::dynamo::Tasks;
use aws::s3::Results;
use aws::sqs::TaskSender;
use domain::Usage;
use domain::ledger::Ledger;
use domain::ports::{Job, PortError, ResultStore as _, TaskIndex as _, TaskQuery, TaskQueue as _};
use domain::ports::{LateUsage as _, TaskStore as _};
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};

use crate::place::local;

const KEYS: [&str; 2] = ["tenant", "request_id"];

/// What some work used.
async fn used<T>(work: impl Future<Output = T>) -> (T, Usage) {
    let ledger = Ledger::default();
    let done = ledger.around(work).await;
    (done, ledger.total())
}

fn writes(units: u64) -> Usage {
    Usage {
        write_units: units,
        ..Usage::NONE
    }
}

fn reads(halves: u64) -> Usage {
    Usage {
        read_half_units: halves,
        ..Usage::NONE
    }
}

#[tokio::test]
async fn a_table_is_charged_by_the_size_of_its_items() {
    let place = local().await;
    let test = async |table: String| {
        let tasks = Tasks::new(&place.sdk, table, Arc::new(FixedClock::at(NOW)));
        let tenant = build::tenant();
        let (small, large) = (
            build::task(&tenant, "aggregate", json!({})),
            build::task(&tenant, "aggregate", json!("x".repeat(10_000))),
        );
        assert_eq!(used(tasks.create(&small)).await.1, writes(1));
        assert_eq!(used(tasks.create(&large)).await.1, writes(11));
        // The emulator reckons every read as one of at most 4 KB: a unit where it is consistent.
        let id = large.request_id;
        assert_eq!(used(tasks.load(&tenant, id)).await.1, reads(2));
        // Half of one where it is not.
        assert_eq!(used(tasks.total(&tenant, id)).await.1, reads(1));
        let everything = TaskQuery {
            tenant: tenant.clone(),
            status: None,
            kind: None,
            tag: None,
            since: None,
            before: None,
            limit: 10,
        };
        assert_eq!(used(tasks.list(&everything)).await.1, reads(2));
        // A write that meets another one is charged for what is there.
        let mut rival = small.clone();
        rival.cancel(NOW).unwrap();
        let (refused, usage) = used(tasks.replace(&rival, 7)).await;
        assert!(matches!(refused, Err(PortError::Conflict { .. })));
        assert_eq!(usage, writes(1));
    };
    place.with_table(&KEYS, test).await;
}

/// What is charged for the write that cannot count itself.
#[tokio::test]
async fn a_tasks_own_size_tells_what_its_writes_take() {
    let place = local().await;
    let test = async |table: String| {
        let tasks = Tasks::new(&place.sdk, table, Arc::new(FixedClock::at(NOW)));
        for length in [0, 500, 3_000, 20_000] {
            let mut task = build::task(&build::tenant(), "export", json!("x".repeat(length)));
            task.tags = vec!["nightly".into()];
            task.usage = Usage::lambda(1_000_000, 512);
            let token = build::lease_token();
            task.claim(token, NOW, time::Duration::MINUTE).unwrap();
            for percent in 1..30 {
                let message = format!("{percent} of 30 rows");
                let progress = domain::task::Progress { percent, message };
                let advanced = task.advance(token, progress, NOW, time::Duration::MINUTE);
                advanced.unwrap();
            }
            let ((), usage) = used(async { tasks.create(&task).await.unwrap() }).await;
            let (reckoned, billed) = (task.write_units(), usage.write_units);
            assert!(
                reckoned.abs_diff(billed) <= 1 + billed / 5,
                "{reckoned} for {billed}"
            );
        }
    };
    place.with_table(&KEYS, test).await;
}

#[tokio::test]
async fn a_bucket_is_charged_by_requests_and_told_bytes() {
    let place = local().await;
    let test = async |bucket: String| {
        let results = Results::new(&place.sdk, bucket);
        let (tenant, id) = (build::tenant(), build::request_id());
        let value = json!({"rows": "x".repeat(50_000)});
        let bytes = u64::try_from(value.to_string().len()).unwrap();
        let (key, usage) = used(results.put(&tenant, id, 1, &value)).await;
        let put = Usage {
            s3_writes: 1,
            s3_bytes: bytes,
            ..Usage::NONE
        };
        assert_eq!(usage, put);
        let key = key.unwrap();
        let (_, usage) = used(results.get(&key)).await;
        let got = Usage {
            s3_reads: 1,
            s3_bytes: bytes,
            ..Usage::NONE
        };
        assert_eq!(usage, got);
        // A link is signed here, and asks nobody.
        let link = used(results.link(&key, NOW, time::Duration::MINUTE)).await;
        assert_eq!(link.1, Usage::NONE);
    };
    place.with_bucket(test).await;
}

#[tokio::test]
async fn a_queue_is_charged_by_requests() {
    let place = local().await;
    let test = async |url: String| {
        let clock = Arc::new(FixedClock::at(NOW));
        let queue = TaskSender::new(&place.sdk, &url, &url, clock);
        let job = Job::from(&build::task(&build::tenant(), "aggregate", json!({})));
        let one = Usage {
            sqs_requests: 1,
            ..Usage::NONE
        };
        assert_eq!(used(queue.send(&job)).await.1, one);
        let jobs = vec![job; 25];
        let (_, usage) = used(queue.send_all(&jobs)).await;
        assert_eq!(usage.sqs_requests, 3, "ten at once");
    };
    place.with_queue(test).await;
}
