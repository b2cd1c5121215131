//! A tenant with a long backlog does not hold up another, and runs no more at once than it may.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use end_to_end::{Caller, Stack};
use futures::future::join_all;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Tasks of the backlog. `BACKLOG=10000` for a longer one.
const BACKLOG: usize = 400;

/// Tasks beside the backlog.
const BESIDE: usize = 2;

/// Of `TenantConcurrency` in template.yaml.
const PLACES: usize = 50;

/// How long the backlog may take at the least, with a busy machine in mind.
const PATIENCE: Duration = Duration::from_mins(8);

/// Tasks that even a busy machine takes on in a second.
const TAKEN_ON: u32 = 100;

/// Tasks that even a busy machine ends in a second.
const ENDED: u32 = 4;

fn backlog() -> usize {
    let given = std::env::var("BACKLOG").ok();
    given.map_or(BACKLOG, |text| text.parse().expect("BACKLOG is a number"))
}

/// The time that so many tasks take at so many a second.
fn time_for(count: usize, a_second: u32) -> Duration {
    Duration::from_secs(1) * u32::try_from(count).expect("BACKLOG is a count") / a_second
}

fn task(priority: &str) -> Value {
    json!({"kind": "aggregate", "priority": priority, "input": {"window": "all"}})
}

#[expect(
    clippy::disallowed_methods,
    reason = "the stack under test goes by the real time"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Submits this many that are due together, in batches, a few at a time, and waits until they are: so
/// none is done while the others are still to be submitted. Whatever a busy machine asks to send again
/// is sent again, as a client would. Gives how long taking them on took.
async fn flood(caller: &Caller, count: usize) -> Duration {
    let begun = Instant::now();
    let ahead = time_for(count, TAKEN_ON);
    let due = now() + ahead;
    let mut late = task("normal");
    late["run_at"] = due.format(&Rfc3339).expect("a moment").into();
    let mut left = count;
    while left > 0 {
        let sizes = (0..4).map(|n| left.saturating_sub(100 * n).min(100));
        let batches = sizes
            .filter(|size| *size > 0)
            .map(|size| batch(caller, &late, size));
        left -= join_all(batches).await.into_iter().sum::<usize>();
    }
    let taken = begun.elapsed();
    tokio::time::sleep(ahead.saturating_sub(taken)).await;
    taken
}

/// How many of a batch were taken on.
async fn batch(caller: &Caller, task: &Value, size: usize) -> usize {
    let body = json!({"tasks": vec![task; size]});
    let answer = caller.post("/tasks/batch", &body).await.expect(200);
    let outcomes = answer["tasks"].as_array().expect("outcomes");
    let refused = outcomes.iter().filter(|one| !one["error"].is_null());
    let refused = refused.inspect(|one| assert_eq!(one["error"]["code"], "unavailable", "{one}"));
    size - refused.count()
}

/// Every task of the caller, as lists show it.
async fn every(caller: &Caller, filter: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (vec![], String::new());
    loop {
        let path = format!("/tasks?limit=100{filter}{cursor}");
        let page = caller.get(&path).await.expect(200);
        all.extend(page["tasks"].as_array().expect("a list").clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// Whether a task of the caller has not ended yet.
async fn any_left(caller: &Caller) -> bool {
    let page = caller.get("/tasks?limit=1&status=processing").await;
    let page = page.expect(200);
    !page["tasks"].as_array().expect("a list").is_empty()
}

/// Most tasks that ran at the same moment. RFC 3339 texts in UTC with equal precision would sort
/// as they are; these differ in precision, so they are read.
fn most_at_once(tasks: &[Value]) -> usize {
    let moment = |task: &Value, field: &str| {
        let text = task[field].as_str().expect("a moment");
        OffsetDateTime::parse(text, &Rfc3339).expect("RFC 3339")
    };
    let mut changes: BTreeMap<_, i64> = BTreeMap::new();
    for task in tasks {
        *changes.entry(moment(task, "started_at")).or_default() += 1;
        *changes.entry(moment(task, "finished_at")).or_default() -= 1;
    }
    let mut running = 0;
    let at_once = changes.into_values().map(|change| {
        running += change;
        running
    });
    usize::try_from(at_once.max().unwrap_or_default()).expect("not negative")
}

#[tokio::test]
async fn a_backlog_holds_up_its_own_tenant_only() {
    let stack = Stack::running().await;
    let (busy, other) = (stack.new_tenant().await, stack.new_tenant().await);
    let count = backlog();
    let taken = flood(&busy, count).await;
    println!("{count} tasks were taken on in {taken:?}");

    let submitted = Instant::now();
    for priority in ["normal", "high"] {
        let answer = other.post("/tasks", &task(priority)).await.expect(202);
        let id = answer["request_id"].as_str().expect("a request_id");
        assert_eq!(other.ended(id).await["status"], "completed");
    }
    let waited = submitted.elapsed();
    println!("two tasks beside a backlog of {count}: {waited:?}");
    // Each behind what has places, at most.
    let most = time_for(BESIDE * PLACES, ENDED);
    assert!(waited < most, "two tasks took {waited:?} beside a backlog");
    let left = every(&busy, "&status=processing").await.len();
    assert!(left > count / 4, "only {left} of {count} were left");

    let patience = PATIENCE.max(time_for(count, ENDED));
    let done = tokio::time::timeout(patience, async {
        while any_left(&busy).await {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        every(&busy, "").await
    });
    let done = done.await.expect("the backlog ends");
    assert_eq!(done.len(), count);
    assert!(done.iter().all(|task| task["status"] == "completed"));
    let most = most_at_once(&done);
    println!("at most {most} of one tenant's tasks at once, {PLACES} allowed");
    assert!(most <= PLACES, "{most} ran at once");
}
