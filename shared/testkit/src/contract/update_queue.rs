//! The contract of [`UpdateQueue`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{Announcement, UpdateQueue};
use domain::task::{Progress, TaskResult};
use domain::{Failure, Task, TenantId, Trace};
use serde_json::json;
use time::Duration;

use crate::ambient::Counting;
use crate::build::{self, NOW};

/// Receipts after which everything sent must have arrived.
const MOST_RECEIPTS: usize = 100;

const LEASE: Duration = Duration::seconds(30);

/// The whole contract. `receive` takes what has arrived since, as the pusher reads it; it may
/// wait a little for something to arrive.
pub async fn all(
    queue: &dyn UpdateQueue,
    tenant: &TenantId,
    receive: impl AsyncFn() -> Vec<Announcement>,
) {
    everything_sent_arrives_as_it_was(queue, tenant, &receive).await;
}

/// At least once, in any order, and whole: every state's update, with and without a result.
pub async fn everything_sent_arrives_as_it_was(
    queue: &dyn UpdateQueue,
    tenant: &TenantId,
    receive: &impl AsyncFn() -> Vec<Announcement>,
) {
    let sent = announcements(tenant);
    for announcement in &sent {
        queue.send(announcement).await.unwrap();
    }
    let mut missing = sent.clone();
    for _ in 0..MOST_RECEIPTS {
        if missing.is_empty() {
            break;
        }
        for arrived in receive().await {
            assert!(sent.contains(&arrived), "{arrived:?} was not sent");
            missing.retain(|announcement| *announcement != arrived);
        }
    }
    assert_eq!(missing, []);
}

fn announcements(tenant: &TenantId) -> Vec<Announcement> {
    let token = build::lease_token();
    let mut task = build::task(tenant, "aggregate", json!({}));
    task.tags = vec!["nightly".into(), "größe & co".into()];
    let mut all = vec![announcement(&task, None)];
    task.claim(token, NOW, LEASE).unwrap();
    all.push(announcement(&task, None));
    let progress = Progress {
        percent: 40,
        message: "40 % \"read\"".into(),
    };
    let at = NOW + Duration::nanoseconds(123_456_789);
    task.advance(token, progress, at, LEASE).unwrap();
    all.push(announcement(&task, None));
    let (mut released, mut failed) = (task.clone(), task.clone());
    let passing = Failure::transient("store_away", "the store was away");
    released.release(token, passing, NOW).unwrap();
    let permanent = Failure::permanent("invalid_input", "window: unknown");
    failed.fail(token, permanent, NOW).unwrap();
    all.extend([announcement(&released, None), announcement(&failed, None)]);
    for result in results() {
        let mut completed = task.clone();
        completed.complete(token, result.clone(), NOW).unwrap();
        all.push(announcement(&completed, Some(result)));
    }
    all
}

/// An inline result of the largest size, and a stored one.
fn results() -> [TaskResult; 2] {
    let value = json!({"text": "x".repeat(domain::task::INLINE_LIMIT - 11)});
    let stored = TaskResult::Stored {
        key: "t/results/r/1.json".into(),
        bytes: 40_000,
    };
    [TaskResult::Inline { value }, stored]
}

fn announcement(task: &Task, result: Option<TaskResult>) -> Announcement {
    Announcement {
        tenant: task.tenant.clone(),
        owner: task.owner.clone(),
        request_id: task.request_id,
        kind: task.kind.clone(),
        tags: task.tags.clone(),
        update: task.latest().unwrap().clone(),
        result,
        trace: Some(Trace::begin(&Counting::default())),
    }
}
