//! The contract of [`TaskIndex`], over tasks that a [`TaskStore`] keeps.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::{TaskIndex, TaskQuery, TaskStore};
use domain::task::{Progress, State, TaskResult};
use domain::{RequestId, Status, Task, TenantId};
use futures::future::join_all;
use serde_json::{Value, json};
use time::Duration;

use super::beside;
use crate::build::{self, NOW};

const LEASE: Duration = Duration::seconds(30);

/// Calls after which paging must have come to its end in these suites.
const MOST_CALLS: usize = 100;

/// A store and the index over it.
#[derive(Clone, Copy)]
pub struct Indexed<'a> {
    /// Where tasks go.
    pub store: &'a dyn TaskStore,
    /// Where they are listed.
    pub index: &'a dyn TaskIndex,
}

/// The whole contract. Each part lists a tenant of its own.
pub async fn all(tasks: Indexed<'_>, tenant: &TenantId) {
    a_tenant_without_tasks_has_an_empty_list(tasks, &beside(tenant, 1)).await;
    tasks_are_listed_newest_first(tasks, &beside(tenant, 2)).await;
    a_listed_task_has_no_bulk(tasks, &beside(tenant, 3)).await;
    tenants_do_not_see_each_other(tasks, &beside(tenant, 4)).await;
    filters_hold_together(tasks, &beside(tenant, 5)).await;
    pages_join_without_gap_or_overlap(tasks, &beside(tenant, 6)).await;
    pages_stay_while_tasks_arrive(tasks, &beside(tenant, 7)).await;
    a_rare_match_is_found_far_back(tasks, &beside(tenant, 8)).await;
    a_range_holds_its_first_and_not_its_last(tasks, &beside(tenant, 9)).await;
}

fn query(tenant: &TenantId, limit: usize) -> TaskQuery {
    TaskQuery {
        tenant: tenant.clone(),
        status: None,
        kind: None,
        tag: None,
        since: None,
        before: None,
        limit,
    }
}

impl Indexed<'_> {
    /// Creates that many tasks; the oldest comes first.
    async fn submit(self, tenant: &TenantId, count: usize) -> Vec<Task> {
        let tasks: Vec<_> = (0..count)
            .map(|n| build::task(tenant, "aggregate", json!({ "n": n })))
            .collect();
        self.create(&tasks).await;
        tasks
    }

    async fn create(self, tasks: &[Task]) {
        for outcome in join_all(tasks.iter().map(|task| self.store.create(task))).await {
            outcome.unwrap();
        }
    }

    /// Every page of a query, to the end.
    async fn pages(self, mut query: TaskQuery) -> Vec<Vec<RequestId>> {
        let mut pages = vec![];
        for _ in 0..MOST_CALLS {
            let page = self.index.list(&query).await.unwrap();
            assert!(page.items.len() <= query.limit, "a page exceeds its limit");
            pages.push(page.items.iter().map(|task| task.request_id).collect());
            if page.next.is_none() {
                return pages;
            }
            query.before = page.next;
        }
        assert!(pages.len() < MOST_CALLS, "the list has no end");
        pages
    }

    async fn every(self, query: TaskQuery) -> Vec<RequestId> {
        self.pages(query).await.concat()
    }
}

fn newest_first<'a>(tasks: impl IntoIterator<Item = &'a Task>) -> Vec<RequestId> {
    let mut ids: Vec<_> = tasks.into_iter().map(|task| task.request_id).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids
}

/// Nothing is listed and there is no next page.
pub async fn a_tenant_without_tasks_has_an_empty_list(tasks: Indexed<'_>, tenant: &TenantId) {
    let page = tasks.index.list(&query(tenant, 10)).await.unwrap();
    assert_eq!((page.items, page.next), (vec![], None));
}

/// Ids sort by time, so the list is in falling order of id.
pub async fn tasks_are_listed_newest_first(tasks: Indexed<'_>, tenant: &TenantId) {
    let submitted = tasks.submit(tenant, 5).await;
    let page = tasks.index.list(&query(tenant, 5)).await.unwrap();
    let listed: Vec<_> = page.items.iter().map(|task| task.request_id).collect();
    assert_eq!(listed, newest_first(&submitted));
}

/// `since` is part of a range, `before` is not; a range may be empty, also the wrong way round.
pub async fn a_range_holds_its_first_and_not_its_last(tasks: Indexed<'_>, tenant: &TenantId) {
    let submitted = tasks.submit(tenant, 9).await;
    let range = |since: usize, before: usize, limit| TaskQuery {
        since: Some(submitted[since].request_id),
        before: Some(submitted[before].request_id),
        ..query(tenant, limit)
    };
    let expected = newest_first(&submitted[2..7]);
    for limit in [2, 5, 100] {
        assert_eq!(tasks.every(range(2, 7, limit)).await, expected);
    }
    for (since, before) in [(4, 4), (7, 2)] {
        assert_eq!(tasks.pages(range(since, before, 5)).await, [[]]);
    }
    let open = TaskQuery {
        before: None,
        ..range(6, 0, 2)
    };
    assert_eq!(tasks.every(open).await, newest_first(&submitted[6..]));
}

/// Input and updates are left out and an inline result is null; all else is as stored.
pub async fn a_listed_task_has_no_bulk(tasks: Indexed<'_>, tenant: &TenantId) {
    let inline = TaskResult::Inline {
        value: json!({"rows": []}),
    };
    let stored = TaskResult::Stored {
        key: "k".into(),
        bytes: 40_000,
    };
    let all = [
        running(tenant),
        ended(tenant, inline),
        ended(tenant, stored),
    ];
    tasks.create(&all).await;
    let page = tasks.index.list(&query(tenant, 10)).await.unwrap();
    let bare: Vec<_> = all.into_iter().rev().map(bare).collect();
    assert_eq!(page.items, bare);
}

fn running(tenant: &TenantId) -> Task {
    let mut task = build::task(tenant, "aggregate", json!({"window": "all"}));
    let token = build::lease_token();
    let progress = Progress {
        percent: 10,
        message: "reading".into(),
    };
    task.claim(token, NOW, LEASE).unwrap();
    task.advance(token, progress, NOW, LEASE).unwrap();
    task.tags = vec!["a".into(), "b".into()];
    task
}

fn ended(tenant: &TenantId, result: TaskResult) -> Task {
    let mut task = build::task(tenant, "aggregate", json!({"window": "all"}));
    let token = build::lease_token();
    task.claim(token, NOW, LEASE).unwrap();
    task.complete(token, result, NOW).unwrap();
    task
}

fn bare(mut task: Task) -> Task {
    task.input = Value::Null;
    task.updates.clear();
    if let State::Completed {
        result: TaskResult::Inline { value },
    } = &mut task.state
    {
        *value = Value::Null;
    }
    task
}

/// Only the tenant's own tasks are listed.
pub async fn tenants_do_not_see_each_other(tasks: Indexed<'_>, tenant: &TenantId) {
    let ours = tasks.submit(tenant, 2).await;
    tasks.submit(&beside(tenant, "other"), 2).await;
    let listed = tasks.every(query(tenant, 10)).await;
    assert_eq!(listed, newest_first(&ours));
}

/// Status, kind and tag narrow the list, each alone and all together.
pub async fn filters_hold_together(tasks: Indexed<'_>, tenant: &TenantId) {
    let all = variety(tenant);
    tasks.create(&all).await;
    let (kind, tag) = (Some("export".to_owned()), Some("nightly".to_owned()));
    for (status, kind, tag) in [
        (Some(Status::Cancelled), None, None),
        (Some(Status::Processing), None, None),
        (Some(Status::TimedOut), None, None),
        (None, kind.clone(), None),
        (None, None, tag.clone()),
        (None, None, Some("night".to_owned())),
        (Some(Status::Cancelled), kind, tag),
    ] {
        let matching = all.iter().filter(|task| {
            status.is_none_or(|status| task.status() == status)
                && kind.as_ref().is_none_or(|kind| &task.kind == kind)
                && tag.as_ref().is_none_or(|tag| task.tags.contains(tag))
        });
        let matching = newest_first(matching);
        let filtered = TaskQuery {
            status,
            kind,
            tag,
            ..query(tenant, 3)
        };
        assert_eq!(
            tasks.every(filtered.clone()).await,
            matching,
            "{filtered:?}"
        );
    }
}

/// Sixteen tasks: every combination of two kinds, two statuses, and tags.
fn variety(tenant: &TenantId) -> Vec<Task> {
    let mut tasks = vec![];
    for kind in ["aggregate", "export"] {
        for cancelled in [false, true] {
            for tags in [
                vec![],
                vec!["nightly"],
                vec!["a", "nightly"],
                vec!["Nightly"],
            ] {
                let mut task = build::task(tenant, kind, Value::Null);
                task.tags = tags.into_iter().map(Into::into).collect();
                if cancelled {
                    task.cancel(NOW).unwrap();
                }
                tasks.push(task);
            }
        }
    }
    tasks
}

/// Whatever the limit, the pages together are the list.
pub async fn pages_join_without_gap_or_overlap(tasks: Indexed<'_>, tenant: &TenantId) {
    let submitted = newest_first(&tasks.submit(tenant, 12).await);
    for limit in [1, 4, 5, 12, 13] {
        let pages = tasks.pages(query(tenant, limit)).await;
        assert_eq!(pages.concat(), submitted, "limit {limit}");
    }
}

/// Tasks that arrive while a caller turns pages neither appear nor push others about.
pub async fn pages_stay_while_tasks_arrive(tasks: Indexed<'_>, tenant: &TenantId) {
    let submitted = newest_first(&tasks.submit(tenant, 9).await);
    let mut query = query(tenant, 3);
    let mut seen = vec![];
    for _ in 0..MOST_CALLS {
        let page = tasks.index.list(&query).await.unwrap();
        seen.extend(page.items.iter().map(|task| task.request_id));
        tasks.submit(tenant, 2).await;
        query.before = page.next;
        if query.before.is_none() {
            break;
        }
    }
    assert_eq!(seen, submitted);
}

/// A match behind many others, large ones among them, is reached by following the cursor, even
/// past pages that are empty.
pub async fn a_rare_match_is_found_far_back(tasks: Indexed<'_>, tenant: &TenantId) {
    let mut rare = build::task(tenant, "aggregate", Value::Null);
    rare.tags = vec!["rare".into()];
    tasks.create(std::slice::from_ref(&rare)).await;
    let others: Vec<_> = (0..40)
        .map(|_| build::task(tenant, "aggregate", json!("x".repeat(300 * 1024))))
        .collect();
    tasks.create(&others).await;
    let filtered = TaskQuery {
        tag: Some("rare".into()),
        ..query(tenant, 10)
    };
    assert_eq!(tasks.every(filtered).await, [rare.request_id]);
}
