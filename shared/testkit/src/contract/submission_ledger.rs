//! The contract of [`SubmissionLedger`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{PortError, Recorded, SubmissionLedger, TaskStore};
use domain::submission::KEPT;
use domain::{Fingerprint, IdempotencyKey, Submission, Task, TenantId};
use futures::future::join_all;
use serde_json::json;
use time::Duration;

use super::beside;
use crate::build::{self, NOW};

/// A ledger, and the store that holds the tasks it makes.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// The ledger.
    pub ledger: &'a dyn SubmissionLedger,
    /// Where its tasks are.
    pub store: &'a dyn TaskStore,
}

/// The whole contract.
pub async fn all(kept: Kept<'_>, tenant: &TenantId) {
    a_new_key_makes_its_task(kept, tenant).await;
    a_known_key_names_its_task_and_makes_none(kept, tenant).await;
    the_same_call_again_is_the_same_creation(kept, tenant).await;
    of_fifty_at_once_one_makes_a_task(kept, tenant).await;
    a_key_stands_for_its_task_until_it_expires(kept, tenant).await;
    a_key_is_found_while_it_stands_for_a_task(kept, tenant).await;
    tenants_and_keys_are_apart(kept, tenant).await;
    a_taken_id_leaves_the_key_free(kept, tenant).await;
}

fn task(tenant: &TenantId) -> Task {
    build::task(tenant, "aggregate", json!({"window": "all"}))
}

fn submission() -> Submission {
    Submission {
        key: IdempotencyKey::new(format!("~key#{}", build::request_id())).unwrap(),
        fingerprint: Fingerprint::of_value(&json!("what was asked for")),
        expires_at: NOW + KEPT,
    }
}

fn known(task: &Task, submission: &Submission) -> Recorded {
    Recorded::Known {
        request_id: task.request_id,
        fingerprint: submission.fingerprint,
    }
}

impl Kept<'_> {
    async fn create(&self, task: &Task, submission: &Submission) -> Recorded {
        let created = self.ledger.create_once(task, submission, NOW).await;
        created.unwrap()
    }

    async fn loaded(&self, task: &Task) -> Option<Task> {
        let loaded = self.store.load(&task.tenant, task.request_id).await;
        loaded.unwrap()
    }
}

/// The task is stored whole.
pub async fn a_new_key_makes_its_task(kept: Kept<'_>, tenant: &TenantId) {
    let task = task(tenant);
    assert_eq!(kept.create(&task, &submission()).await, Recorded::Created);
    assert_eq!(kept.loaded(&task).await, Some(task));
}

/// Also where something else was asked for: to compare is the caller's part.
pub async fn a_known_key_names_its_task_and_makes_none(kept: Kept<'_>, tenant: &TenantId) {
    let (first, submission) = (task(tenant), submission());
    kept.create(&first, &submission).await;
    let other = Submission {
        fingerprint: Fingerprint::of_value(&json!("something else")),
        ..submission.clone()
    };
    for again in [&submission, &other] {
        let second = task(tenant);
        let recorded = kept.create(&second, again).await;
        assert_eq!(recorded, known(&first, &submission));
        assert_eq!(kept.loaded(&second).await, None);
    }
    assert_eq!(kept.loaded(&first).await, Some(first));
}

/// As when a client library repeats a call whose answer was lost.
pub async fn the_same_call_again_is_the_same_creation(kept: Kept<'_>, tenant: &TenantId) {
    let (task, submission) = (task(tenant), submission());
    for _ in 0..2 {
        assert_eq!(kept.create(&task, &submission).await, Recorded::Created);
    }
    assert_eq!(kept.loaded(&task).await, Some(task));
}

/// All others name the one's task.
pub async fn of_fifty_at_once_one_makes_a_task(kept: Kept<'_>, tenant: &TenantId) {
    let submission = submission();
    let tasks: Vec<_> = (0..50).map(|_| task(tenant)).collect();
    let calls = tasks.iter().map(|task| kept.create(task, &submission));
    let outcomes = join_all(calls).await;
    let mut made = vec![];
    for (task, outcome) in tasks.iter().zip(&outcomes) {
        if *outcome == Recorded::Created {
            made.push(task);
        } else {
            assert_eq!(kept.loaded(task).await, None);
        }
    }
    assert_eq!(made.len(), 1, "one makes a task");
    let others = outcomes.iter().filter(|&one| *one != Recorded::Created);
    for other in others {
        assert_eq!(*other, known(made[0], &submission));
    }
    assert_eq!(kept.loaded(made[0]).await.as_ref(), Some(made[0]));
}

/// An expired record counts as none, though the store may still hold it.
pub async fn a_key_stands_for_its_task_until_it_expires(kept: Kept<'_>, tenant: &TenantId) {
    let (first, submission) = (task(tenant), submission());
    kept.create(&first, &submission).await;
    let last_moment = submission.expires_at - Duration::SECOND;
    let second = task(tenant);
    let late = kept.ledger.create_once(&second, &submission, last_moment);
    assert_eq!(late.await.unwrap(), known(&first, &submission));

    let renewed = Submission {
        expires_at: submission.expires_at + KEPT,
        fingerprint: Fingerprint::of_value(&json!("something newer")),
        ..submission.clone()
    };
    let now = submission.expires_at;
    let after = kept.ledger.create_once(&second, &renewed, now).await;
    assert_eq!(after.unwrap(), Recorded::Created);
    let third = task(tenant);
    let again = kept.ledger.create_once(&third, &renewed, now).await;
    assert_eq!(again.unwrap(), known(&second, &renewed));
}

/// It tells what `create_once` would, and stores nothing.
pub async fn a_key_is_found_while_it_stands_for_a_task(kept: Kept<'_>, tenant: &TenantId) {
    let (task, submission) = (task(tenant), submission());
    let find = async |tenant: &TenantId, now| {
        let found = kept.ledger.find(tenant, &submission.key, now).await;
        found.unwrap()
    };
    assert_eq!(find(tenant, NOW).await, None);
    kept.create(&task, &submission).await;
    let known = Some((task.request_id, submission.fingerprint));
    assert_eq!(find(tenant, NOW).await, known);
    assert_eq!(find(&beside(tenant, "other"), NOW).await, None);
    assert_eq!(find(tenant, submission.expires_at).await, None);
}

/// One key in two tenants, and two keys in one, are two submissions.
pub async fn tenants_and_keys_are_apart(kept: Kept<'_>, tenant: &TenantId) {
    let ours = submission();
    let theirs = task(&beside(tenant, "other"));
    for (task, submission) in [
        (task(tenant), &ours),
        (theirs, &ours),
        (task(tenant), &submission()),
    ] {
        assert_eq!(kept.create(&task, submission).await, Recorded::Created);
        assert_eq!(kept.loaded(&task).await, Some(task));
    }
}

/// Both are stored or neither.
pub async fn a_taken_id_leaves_the_key_free(kept: Kept<'_>, tenant: &TenantId) {
    let (first, submission) = (task(tenant), submission());
    kept.store.create(&first).await.unwrap();
    let namesake = Task {
        kind: "other".into(),
        ..first.clone()
    };
    let outcome = kept.ledger.create_once(&namesake, &submission, NOW).await;
    assert!(
        matches!(outcome, Err(PortError::Conflict { .. })),
        "{outcome:?}"
    );
    assert_eq!(kept.loaded(&first).await, Some(first));
    let next = task(tenant);
    assert_eq!(kept.create(&next, &submission).await, Recorded::Created);
}
