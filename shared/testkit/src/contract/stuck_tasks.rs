//! The contract of [`StuckTasks`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{PortError, StuckTask, StuckTasks, TaskStore};
use domain::task::{Phase, TaskResult};
use domain::{RequestId, Task, TenantId};
use futures::future::join_all;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::beside;
use crate::build::{self, NOW};

const LEASE: Duration = Duration::seconds(30);

/// More than any part stores.
const PLENTY: usize = 100;

/// Where tasks are stored and where stuck ones are found.
#[derive(Clone, Copy)]
pub struct Swept<'a> {
    /// Takes the tasks.
    pub store: &'a dyn TaskStore,
    /// Finds the stuck ones among them.
    pub stuck: &'a dyn StuckTasks,
}

/// The whole contract. Nobody else may use the store meanwhile.
pub async fn all(swept: Swept<'_>, tenant: &TenantId) {
    a_queued_task_is_due_at_its_moment(swept, tenant).await;
    a_dead_lease_is_due_at_its_moment(swept, tenant).await;
    a_renewed_lease_is_not_due(swept, tenant).await;
    what_has_ended_is_never_due(swept, tenant).await;
    a_released_task_is_due_anew(swept, tenant).await;
    a_deferred_task_is_left_out_for_a_while(swept, tenant).await;
    a_change_ends_a_deferral(swept, tenant).await;
    a_queued_task_can_be_postponed(swept, tenant).await;
    only_what_was_found_is_deferred(swept, tenant).await;
    of_many_deferrals_one_wins(swept, tenant).await;
    the_longest_overdue_come_first(swept, tenant).await;
}

impl Swept<'_> {
    /// What is due of this tenant.
    async fn due(&self, tenant: &TenantId, now: OffsetDateTime) -> Vec<StuckTask> {
        let mut due = self.stuck.due(now, PLENTY).await.unwrap();
        due.retain(|task| &task.tenant == tenant);
        due
    }

    async fn only(&self, tenant: &TenantId, now: OffsetDateTime) -> StuckTask {
        let mut due = self.due(tenant, now).await;
        assert_eq!(due.len(), 1, "{due:?}");
        due.remove(0)
    }

    async fn queued(&self, tenant: &TenantId) -> Task {
        let mut task = build::task(tenant, "aggregate", json!({}));
        task.trace = Some(build::trace());
        self.store.create(&task).await.unwrap();
        task
    }

    async fn running(&self, tenant: &TenantId) -> (Task, domain::LeaseToken) {
        let mut task = self.queued(tenant).await;
        let token = build::lease_token();
        task.claim(token, NOW, LEASE).unwrap();
        self.store.replace(&task, 1).await.unwrap();
        (task, token)
    }
}

fn due_at(task: &Task) -> OffsetDateTime {
    task.attention_at().unwrap()
}

fn assert_conflict(outcome: &Result<(), PortError>) {
    assert!(
        matches!(outcome, Err(PortError::Conflict { .. })),
        "{outcome:?} is no conflict"
    );
}

/// Not a second earlier, and with all that is told of it.
pub async fn a_queued_task_is_due_at_its_moment(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "queued");
    let task = swept.queued(&tenant).await;
    let at = due_at(&task);
    assert_eq!(swept.due(&tenant, at - Duration::SECOND).await, []);
    let expected = StuckTask {
        priority: task.terms.priority,
        run_at: task.terms.run_at,
        tenant: tenant.clone(),
        request_id: task.request_id,
        phase: Phase::Queued,
        created_at: task.created_at,
        trace: task.trace,
        attention_at: at,
    };
    assert_eq!(swept.due(&tenant, at).await, [expected]);
}

/// A claim moves the moment to the end of its lease.
pub async fn a_dead_lease_is_due_at_its_moment(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "running");
    let (task, _) = swept.running(&tenant).await;
    let at = due_at(&task);
    assert_eq!(swept.due(&tenant, at - Duration::SECOND).await, []);
    let due = swept.only(&tenant, at).await;
    assert_eq!((due.phase, due.attention_at), (Phase::Running, at));
}

/// A sign of life moves the moment too.
pub async fn a_renewed_lease_is_not_due(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "renewed");
    let (task, token) = swept.running(&tenant).await;
    let at = due_at(&task);
    let until = NOW + Duration::minutes(10);
    let renewal = swept
        .store
        .renew(&tenant, task.request_id, token, until, &domain::Usage::NONE);
    renewal.await.unwrap();
    assert_eq!(swept.due(&tenant, at).await, []);
    let due = swept.only(&tenant, at + Duration::minutes(10)).await;
    assert_eq!(due.request_id, task.request_id);
}

/// However late it is.
pub async fn what_has_ended_is_never_due(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "ended");
    let (mut completed, token) = swept.running(&tenant).await;
    let result = TaskResult::Inline { value: json!(1) };
    completed.complete(token, result, NOW).unwrap();
    swept.store.replace(&completed, 2).await.unwrap();
    let mut cancelled = swept.queued(&tenant).await;
    cancelled.cancel(NOW).unwrap();
    swept.store.replace(&cancelled, 1).await.unwrap();
    assert_eq!(swept.due(&tenant, NOW + Duration::days(2)).await, []);
}

/// A task that was given back waits like one just submitted.
pub async fn a_released_task_is_due_anew(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "released");
    let (mut task, token) = swept.running(&tenant).await;
    let later = NOW + Duration::minutes(20);
    let passing = domain::Failure::transient("store_away", "the store was away");
    task.release(token, passing, later).unwrap();
    swept.store.replace(&task, 2).await.unwrap();
    assert_eq!(swept.due(&tenant, later).await, []);
    let due = swept.only(&tenant, due_at(&task)).await;
    assert_eq!(due.phase, Phase::Queued);
}

/// It comes back at the new moment, and its task is as it was.
pub async fn a_deferred_task_is_left_out_for_a_while(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "deferred");
    let task = swept.queued(&tenant).await;
    let found = swept.only(&tenant, due_at(&task)).await;
    let until = found.attention_at + Duration::minutes(5);
    swept.stuck.defer(&found, until).await.unwrap();
    assert_eq!(swept.due(&tenant, until - Duration::SECOND).await, []);
    let again = swept.only(&tenant, until).await;
    let expected = StuckTask {
        attention_at: until,
        ..found
    };
    assert_eq!(again, expected);
    let stored = swept.store.load(&tenant, task.request_id).await.unwrap();
    assert_eq!(stored, Some(task));
}

/// A claimed task is due when its lease has ended, however long it was deferred while queued.
pub async fn a_change_ends_a_deferral(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "changed");
    let mut task = swept.queued(&tenant).await;
    let found = swept.only(&tenant, due_at(&task)).await;
    let late = NOW + Duration::DAY;
    swept.stuck.defer(&found, late).await.unwrap();
    let claimed_at = NOW + Duration::minutes(4);
    task.claim(build::lease_token(), claimed_at, LEASE).unwrap();
    swept.store.replace(&task, 1).await.unwrap();
    let due = swept.only(&tenant, due_at(&task)).await;
    assert_eq!(due.phase, Phase::Running);
}

/// Not a task that has changed, was deferred, has ended, or never was.
pub async fn only_what_was_found_is_deferred(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "found");
    let mut task = swept.queued(&tenant).await;
    let found = swept.only(&tenant, due_at(&task)).await;
    let until = found.attention_at + Duration::minutes(5);
    swept.stuck.defer(&found, until).await.unwrap();
    assert_conflict(&swept.stuck.defer(&found, until).await);

    let found = swept.only(&tenant, until).await;
    task.claim(build::lease_token(), until, LEASE).unwrap();
    swept.store.replace(&task, 1).await.unwrap();
    assert_conflict(&swept.stuck.defer(&found, NOW + Duration::DAY).await);
    task.cancel(until).unwrap();
    swept.store.replace(&task, 2).await.unwrap();
    assert_conflict(&swept.stuck.defer(&found, NOW + Duration::DAY).await);
    assert_eq!(swept.due(&tenant, NOW + Duration::days(2)).await, []);

    let never = StuckTask {
        request_id: build::request_id(),
        ..found
    };
    assert_conflict(&swept.stuck.defer(&never, until).await);
    let stored = swept.store.load(&tenant, never.request_id).await.unwrap();
    assert_eq!(stored, None, "deferring makes no task");
}

/// Two sweeps at once send a task once.
pub async fn of_many_deferrals_one_wins(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "rivals");
    let task = swept.queued(&tenant).await;
    let found = swept.only(&tenant, due_at(&task)).await;
    let until = found.attention_at + Duration::minutes(5);
    let rivals = (0..10).map(|_| swept.stuck.defer(&found, until));
    let outcomes = join_all(rivals).await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(won, 1, "{outcomes:?}");
}

/// And no more of them than asked for.
pub async fn the_longest_overdue_come_first(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "order");
    // Before anything that the other parts leave behind.
    let long_ago = NOW - Duration::days(10);
    let mut ids = Vec::new();
    for minutes in [3, 0, 4, 1, 2] {
        let mut task = build::task(&tenant, "aggregate", json!({}));
        task.updated_at = long_ago + Duration::minutes(minutes);
        swept.store.create(&task).await.unwrap();
        ids.push((minutes, task.request_id));
    }
    ids.sort_unstable();
    let due = swept.stuck.due(NOW, 3).await.unwrap();
    let due: Vec<RequestId> = due.iter().map(|task| task.request_id).collect();
    let expected: Vec<RequestId> = ids.iter().take(3).map(|(_, id)| *id).collect();
    assert_eq!(due, expected);
    assert_eq!(swept.stuck.due(NOW, 0).await.unwrap(), []);
}

/// Whatever was said before; one that runs, or is not there, cannot be.
pub async fn a_queued_task_can_be_postponed(swept: Swept<'_>, tenant: &TenantId) {
    let tenant = beside(tenant, "postponed");
    let task = swept.queued(&tenant).await;
    let until = due_at(&task) + Duration::HOUR;
    for _ in 0..2 {
        let postponed = swept.stuck.postpone(&tenant, task.request_id, until).await;
        postponed.unwrap();
    }
    assert_eq!(swept.due(&tenant, until - Duration::SECOND).await, []);
    assert_eq!(swept.due(&tenant, until).await.len(), 1);
    let (running, _) = swept.running(&tenant).await;
    for id in [running.request_id, build::request_id()] {
        assert_conflict(&swept.stuck.postpone(&tenant, id, until).await);
    }
}
