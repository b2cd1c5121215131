//! The contract of [`TaskStore`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{PortError, TaskStore};
use domain::task::{Progress, TaskResult};
use domain::{Failure, Task, TenantId, Usage};
use futures::future::join_all;
use serde_json::{Value, json};
use time::Duration;

use super::beside;
use crate::build::{self, NOW};

const LEASE: Duration = Duration::seconds(30);

/// What a task has used.
const USED: Usage = Usage {
    lambda_micros: 1_500_000,
    sqs_requests: 2,
    model_nanos: u64::MAX,
    ..Usage::NONE
};

/// Every store holds a task of this size, whose input and inline result are far smaller by the
/// domain's limits. A much larger one may be refused as [`PortError::Broken`].
const LARGE: usize = 300 * 1024;

/// The whole contract.
pub async fn all(store: &dyn TaskStore, tenant: &TenantId) {
    a_task_comes_back_as_it_was(store, tenant).await;
    every_state_comes_back_as_it_was(store, tenant).await;
    a_large_task_comes_back_as_it_was(store, tenant).await;
    an_unknown_task_is_none(store, tenant).await;
    tenants_do_not_see_each_other(store, tenant).await;
    an_id_is_taken_once(store, tenant).await;
    a_replacement_needs_the_version_it_was_read_at(store, tenant).await;
    of_many_replacements_one_wins(store, tenant).await;
    of_many_creations_one_wins(store, tenant).await;
    a_lease_is_renewed_without_a_new_version(store, tenant).await;
    only_the_holder_renews_a_lease(store, tenant).await;
}

fn task(tenant: &TenantId) -> Task {
    let mut task = build::task(tenant, "aggregate", json!({"group_by": ["service"]}));
    task.tags = vec!["nightly".into(), "größe & co".into()];
    task.usage = Usage::lambda(12_345, 256);
    task
}

fn running(tenant: &TenantId) -> Task {
    let mut task = task(tenant);
    task.claim(build::lease_token(), NOW, LEASE).unwrap();
    task
}

fn completed(tenant: &TenantId, result: TaskResult) -> Task {
    let mut task = task(tenant);
    let token = build::lease_token();
    task.claim(token, NOW, LEASE).unwrap();
    task.complete(token, result, NOW + Duration::milliseconds(1_234))
        .unwrap();
    task
}

async fn loaded(store: &dyn TaskStore, task: &Task) -> Option<Task> {
    store.load(&task.tenant, task.request_id).await.unwrap()
}

#[track_caller]
fn assert_conflict(outcome: &Result<(), PortError>) {
    assert!(
        matches!(outcome, Err(PortError::Conflict { .. })),
        "{outcome:?} is no conflict"
    );
}

/// A created task is loaded whole.
pub async fn a_task_comes_back_as_it_was(store: &dyn TaskStore, tenant: &TenantId) {
    let mut task = task(tenant);
    task.input = json!({
        "null": null, "text": "a\u{0}\"\\ü", "empty": "", "list": [[]], "bool": true,
        "small": 5e-324, "large": 1.797e308, "exact": 0.1, "int": i64::MIN, "uint": u64::MAX,
    });
    store.create(&task).await.unwrap();
    assert_eq!(loaded(store, &task).await, Some(task));
}

/// Nothing of any state is lost on the way through the store.
pub async fn every_state_comes_back_as_it_was(store: &dyn TaskStore, tenant: &TenantId) {
    for task in every_state(tenant) {
        let before = build::task(tenant, "aggregate", Value::Null);
        let task = Task {
            request_id: before.request_id,
            ..task
        };
        store.create(&before).await.unwrap();
        store.replace(&task, before.version).await.unwrap();
        assert_eq!(loaded(store, &task).await, Some(task));
    }
}

fn every_state(tenant: &TenantId) -> Vec<Task> {
    let inline = TaskResult::Inline {
        value: json!({"rows": [{"mean": 1.5}]}),
    };
    let stored = TaskResult::Stored {
        key: "t/results/r/1.json".into(),
        bytes: 40_000,
    };
    let token = build::lease_token();
    let mut claimed = task(tenant);
    claimed.claim(token, NOW, LEASE).unwrap();
    let progress = Progress {
        percent: 40,
        message: "half way".into(),
    };
    claimed.advance(token, progress, NOW, LEASE).unwrap();
    let (mut failed, mut timed_out, mut released, mut cancelled) = (
        claimed.clone(),
        claimed.clone(),
        claimed.clone(),
        claimed.clone(),
    );
    let permanent = Failure::permanent("invalid_input", "window: unknown");
    failed.fail(token, permanent.clone(), NOW).unwrap();
    timed_out.time_out(token, permanent, NOW).unwrap();
    let passing = Failure::transient("store_away", "the store was away");
    released.release(token, passing, NOW).unwrap();
    cancelled.cancel(NOW).unwrap();
    let completed = [completed(tenant, inline), completed(tenant, stored)];
    [claimed, failed, timed_out, released, cancelled]
        .into_iter()
        .chain(completed)
        .collect()
}

/// 300 KB are held.
pub async fn a_large_task_comes_back_as_it_was(store: &dyn TaskStore, tenant: &TenantId) {
    let task = build::task(tenant, "aggregate", json!("x".repeat(LARGE)));
    store.create(&task).await.unwrap();
    assert!(loaded(store, &task).await == Some(task), "the task differs");
}

/// A task that was never stored is none.
pub async fn an_unknown_task_is_none(store: &dyn TaskStore, tenant: &TenantId) {
    assert_eq!(loaded(store, &task(tenant)).await, None);
}

/// A task is found under its own tenant only, and may have a namesake elsewhere.
pub async fn tenants_do_not_see_each_other(store: &dyn TaskStore, tenant: &TenantId) {
    let ours = task(tenant);
    store.create(&ours).await.unwrap();
    let mut theirs = Task {
        tenant: beside(tenant, "other"),
        ..ours.clone()
    };
    assert_eq!(loaded(store, &theirs).await, None);
    theirs.claim(build::lease_token(), NOW, LEASE).unwrap();
    assert_conflict(&store.replace(&theirs, ours.version).await);
    store.create(&theirs).await.unwrap();
    assert_eq!(loaded(store, &ours).await, Some(ours));
    assert_eq!(loaded(store, &theirs).await, Some(theirs));
}

/// A second task of one id is refused and changes nothing.
pub async fn an_id_is_taken_once(store: &dyn TaskStore, tenant: &TenantId) {
    let first = task(tenant);
    store.create(&first).await.unwrap();
    let second = Task {
        kind: "other".into(),
        ..first.clone()
    };
    assert_conflict(&store.create(&second).await);
    assert_eq!(loaded(store, &first).await, Some(first));
}

/// A replacement is refused where the stored version is another one, or there is none.
pub async fn a_replacement_needs_the_version_it_was_read_at(
    store: &dyn TaskStore,
    tenant: &TenantId,
) {
    let mut task = task(tenant);
    task.claim(build::lease_token(), NOW, LEASE).unwrap();
    assert_conflict(&store.replace(&task, 1).await);
    assert_eq!(loaded(store, &task).await, None);

    store.create(&task).await.unwrap();
    let mut cancelled = task.clone();
    cancelled.cancel(NOW).unwrap();
    for stale in [0, 1, 3] {
        assert_conflict(&store.replace(&cancelled, stale).await);
    }
    assert_eq!(loaded(store, &task).await, Some(task));
    store.replace(&cancelled, 2).await.unwrap();
    assert_conflict(&store.replace(&cancelled_again(&cancelled), 2).await);
    assert_eq!(loaded(store, &cancelled).await, Some(cancelled));
}

fn cancelled_again(cancelled: &Task) -> Task {
    Task {
        updated_at: NOW + LEASE,
        ..cancelled.clone()
    }
}

/// Of twenty workers that claim one task at once, one holds it.
pub async fn of_many_replacements_one_wins(store: &dyn TaskStore, tenant: &TenantId) {
    let task = task(tenant);
    store.create(&task).await.unwrap();
    let claims: Vec<_> = (0..20)
        .map(|_| {
            let mut claim = task.clone();
            claim.claim(build::lease_token(), NOW, LEASE).unwrap();
            claim
        })
        .collect();
    let outcomes = join_all(claims.iter().map(|claim| store.replace(claim, 1))).await;
    assert_eq!(loaded(store, &task).await, Some(winner(claims, outcomes)));
}

/// Of twenty tasks created with one id at once, one is stored.
pub async fn of_many_creations_one_wins(store: &dyn TaskStore, tenant: &TenantId) {
    let first = task(tenant);
    let tasks: Vec<_> = (0..20)
        .map(|n| Task {
            kind: format!("kind-{n}"),
            ..first.clone()
        })
        .collect();
    let outcomes = join_all(tasks.iter().map(|task| store.create(task))).await;
    assert_eq!(loaded(store, &first).await, Some(winner(tasks, outcomes)));
}

fn winner(tasks: Vec<Task>, outcomes: Vec<Result<(), PortError>>) -> Task {
    let mut won = vec![];
    for (task, outcome) in tasks.into_iter().zip(outcomes) {
        if outcome.is_ok() {
            won.push(task);
        } else {
            assert_conflict(&outcome);
        }
    }
    assert_eq!(won.len(), 1, "one wins");
    won.remove(0)
}

/// Renewing moves the lease's end, tells what was used, and changes nothing else.
pub async fn a_lease_is_renewed_without_a_new_version(store: &dyn TaskStore, tenant: &TenantId) {
    let mut task = task(tenant);
    let token = build::lease_token();
    task.claim(token, NOW, LEASE).unwrap();
    store.create(&task).await.unwrap();
    let until = NOW + LEASE * 2;
    let renewed = store
        .renew(tenant, task.request_id, token, until, &USED)
        .await;
    renewed.unwrap();
    let mut expected = task.clone();
    expected.state = domain::task::State::Running {
        lease: domain::task::Lease { token, until },
    };
    expected.usage = USED;
    assert_eq!(loaded(store, &task).await, Some(expected.clone()));

    expected.cancel(NOW).unwrap();
    store.replace(&expected, task.version).await.unwrap();
}

/// Another's lease, an ended task's, and an unknown task's are not renewed.
pub async fn only_the_holder_renews_a_lease(store: &dyn TaskStore, tenant: &TenantId) {
    let until = NOW + LEASE * 2;
    let held = running(tenant);
    store.create(&held).await.unwrap();
    let stranger = build::lease_token();
    let outcome = store
        .renew(tenant, held.request_id, stranger, until, &USED)
        .await;
    assert_conflict(&outcome);
    assert_eq!(loaded(store, &held).await, Some(held));

    let token = build::lease_token();
    let mut ended = task(tenant);
    store.create(&ended).await.unwrap();
    let outcome = store
        .renew(tenant, ended.request_id, token, until, &USED)
        .await;
    assert_conflict(&outcome);
    ended.claim(token, NOW, LEASE).unwrap();
    ended.cancel(NOW).unwrap();
    store.replace(&ended, 1).await.unwrap();
    let outcome = store
        .renew(tenant, ended.request_id, token, until, &USED)
        .await;
    assert_conflict(&outcome);
    assert_eq!(loaded(store, &ended).await, Some(ended));

    let unknown = build::request_id();
    assert_conflict(&store.renew(tenant, unknown, token, until, &USED).await);
    assert_eq!(store.load(tenant, unknown).await.unwrap(), None);
}
