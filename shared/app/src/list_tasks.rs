//! Lists a tenant's tasks.

use std::sync::Arc;

use domain::ports::{PortError, TaskIndex, TaskPage, TaskQuery};
use domain::{RequestId, Status, TenantId};
use time::OffsetDateTime;

/// Tasks in a page where the caller does not say.
pub const USUAL_PAGE: usize = 20;

/// Most tasks in a page.
pub const LARGEST_PAGE: usize = 100;

/// Lists a tenant's tasks, newest first.
#[derive(Clone)]
pub struct ListTasks {
    /// Where tasks can be listed.
    pub index: Arc<dyn TaskIndex>,
}

/// Which tasks to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Only this status.
    pub status: Option<Status>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only tasks submitted at this moment or later, to the millisecond.
    pub from: Option<OffsetDateTime>,
    /// Only tasks submitted before this moment, to the millisecond.
    pub to: Option<OffsetDateTime>,
    /// Only tasks older than this one: the last of the page before.
    pub before: Option<RequestId>,
    /// At most this many; [`USUAL_PAGE`] where none.
    pub limit: Option<usize>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum ListTasksError {
    /// The page is empty or too large.
    #[error("limit must be 1 to {LARGEST_PAGE}, not {given}")]
    Limit {
        /// What was asked for.
        given: usize,
    },
    /// The index did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl ListTasks {
    /// One page of the tasks that match.
    pub async fn run(
        &self,
        tenant: &TenantId,
        filter: TaskFilter,
    ) -> Result<TaskPage, ListTasksError> {
        let limit = filter.limit.unwrap_or(USUAL_PAGE);
        if !(1..=LARGEST_PAGE).contains(&limit) {
            return Err(ListTasksError::Limit { given: limit });
        }
        let query = TaskQuery {
            tenant: tenant.clone(),
            status: filter.status,
            kind: filter.kind,
            tag: filter.tag,
            since: filter.from.map(RequestId::first_at),
            before: earlier(filter.to.map(RequestId::first_at), filter.before),
            limit,
        };
        Ok(self.index.list(&query).await?)
    }
}

fn earlier(range: Option<RequestId>, page: Option<RequestId>) -> Option<RequestId> {
    range.into_iter().chain(page).min()
}

#[cfg(test)]
mod tests {
    use domain::ports::Entropy;
    use serde_json::json;
    use testkit::ambient::Counting;
    use testkit::build::{self, NOW};
    use testkit::memory::MemoryTasks;
    use time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_page_has_a_usual_and_a_largest_size() {
        let tasks = MemoryTasks::default();
        let tenant = build::tenant();
        for _ in 0..110 {
            tasks.put(build::task(&tenant, "aggregate", json!({})));
        }
        let list = ListTasks {
            index: Arc::new(tasks),
        };
        let page = |limit| {
            let filter = TaskFilter {
                limit,
                ..TaskFilter::default()
            };
            list.run(&tenant, filter)
        };
        assert_eq!(page(None).await.unwrap().items.len(), USUAL_PAGE);
        assert_eq!(page(Some(100)).await.unwrap().items.len(), 100);
        for given in [0, 101, usize::MAX] {
            let refused = page(Some(given)).await;
            assert!(matches!(refused, Err(ListTasksError::Limit { .. })));
        }
        let others = list.run(&build::tenant(), TaskFilter::default()).await;
        assert!(others.unwrap().items.is_empty());
    }
    #[tokio::test]
    async fn a_page_keeps_to_its_range_of_time() {
        let tasks = MemoryTasks::default();
        let tenant = build::tenant();
        let moments: Vec<_> = (0..6).map(|n| NOW + Duration::SECOND * n).collect();
        for moment in &moments {
            let mut task = build::task(&tenant, "aggregate", json!({}));
            task.request_id = RequestId::new(Counting::default().time_ordered(*moment));
            tasks.put(task);
        }
        let list = ListTasks {
            index: Arc::new(tasks),
        };
        let mut filter = TaskFilter {
            from: Some(moments[1]),
            to: Some(moments[4]),
            limit: Some(2),
            ..TaskFilter::default()
        };
        let first = list.run(&tenant, filter.clone()).await.unwrap();
        assert_eq!((first.items.len(), first.next.is_some()), (2, true));
        filter.before = first.next;
        let second = list.run(&tenant, filter).await.unwrap();
        assert_eq!((second.items.len(), second.next), (1, None));
    }
}
