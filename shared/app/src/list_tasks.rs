//! Lists a tenant's tasks.

use std::sync::Arc;

use domain::ports::{PortError, TaskIndex, TaskPage, TaskQuery};
use domain::{RequestId, Status, TenantId};

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
            before: filter.before,
            limit,
        };
        Ok(self.index.list(&query).await?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::build;
    use testkit::memory::MemoryTasks;

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
}
