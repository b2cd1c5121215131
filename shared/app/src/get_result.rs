//! Fetches what came out of a task.

use domain::ports::{PortError, ResultLink};
use domain::{Failure, RequestId, Status, TaskResult, TenantId};
use serde_json::Value;

use crate::get_task::{GetTask, GetTaskError, TaskView};

/// Fetches a task's result.
#[derive(Clone)]
pub struct GetResult {
    /// A result belongs to a task that the tenant may see.
    pub get_task: GetTask,
}

/// A result, or the way to it.
#[derive(Debug, Clone, PartialEq)]
pub enum ResultView {
    /// A small result.
    Inline(Value),
    /// A large one.
    Link(ResultLink),
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum GetResultError {
    /// The tenant has no such task.
    #[error("there is no task {0}")]
    NotFound(RequestId),
    /// The task is not done yet, or ended without a result.
    #[error("the task has no result: it is {}", .status.name())]
    NotReady {
        /// Where the task stands.
        status: Status,
        /// Why it ended, where it failed.
        failure: Option<Failure>,
    },
    /// A store did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl From<GetTaskError> for GetResultError {
    fn from(error: GetTaskError) -> Self {
        match error {
            GetTaskError::NotFound(id) => Self::NotFound(id),
            GetTaskError::Store(cause) => Self::Store(cause),
        }
    }
}

impl GetResult {
    /// The result of a completed task.
    pub async fn run(
        &self,
        tenant: &TenantId,
        id: RequestId,
    ) -> Result<ResultView, GetResultError> {
        let TaskView { task, link } = self.get_task.run(tenant, id).await?;
        match (task.state.result(), link) {
            (Some(TaskResult::Inline { value }), _) => Ok(ResultView::Inline(value.clone())),
            (Some(TaskResult::Stored { .. }), Some(link)) => Ok(ResultView::Link(link)),
            (Some(TaskResult::Stored { .. }) | None, _) => Err(GetResultError::NotReady {
                status: task.status(),
                failure: task.state.failure().cloned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::Task;
    use serde_json::json;
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryResults, MemoryTasks};
    use time::Duration;

    use super::*;
    use crate::LINK_LIFETIME;

    fn scene() -> (GetResult, Arc<MemoryTasks>, Faults) {
        let faults = Faults::default();
        let tasks = Arc::new(MemoryTasks::new(&faults));
        let get_task = GetTask {
            tasks: tasks.clone(),
            results: Arc::new(MemoryResults::new(&faults)),
            clock: Arc::new(FixedClock::at(NOW)),
        };
        (GetResult { get_task }, tasks, faults)
    }

    fn ended(end: Result<TaskResult, Failure>) -> Task {
        let mut task = build::task(&build::tenant(), "aggregate", json!({}));
        let token = build::lease_token();
        task.claim(token, NOW, Duration::MINUTE).unwrap();
        match end {
            Ok(result) => task.complete(token, result, NOW),
            Err(failure) => task.fail(token, failure, NOW),
        }
        .unwrap();
        task
    }

    fn stored() -> TaskResult {
        TaskResult::Stored {
            key: "k".into(),
            bytes: 40_000,
        }
    }

    #[tokio::test]
    async fn a_small_result_is_given_and_a_large_one_linked() {
        let (get, tasks, faults) = scene();
        let value = json!({"rows": []});
        let inline = TaskResult::Inline {
            value: value.clone(),
        };
        let link = ResultLink {
            url: "memory://k".into(),
            expires_at: NOW + LINK_LIFETIME,
        };
        for (result, view) in [
            (inline, ResultView::Inline(value)),
            (stored(), ResultView::Link(link)),
        ] {
            let task = ended(Ok(result));
            tasks.put(task.clone());
            assert_eq!(get.run(&task.tenant, task.request_id).await.unwrap(), view);
        }
        assert_eq!(faults.count("results.link"), 1);
    }

    #[tokio::test]
    async fn without_a_result_it_says_where_the_task_stands() {
        let (get, tasks, _) = scene();
        let reason = Failure::permanent("invalid_input", "window: unknown");
        let waiting = build::task(&build::tenant(), "aggregate", json!({}));
        for (task, failure) in [(waiting, None), (ended(Err(reason.clone())), Some(reason))] {
            tasks.put(task.clone());
            let error = get.run(&task.tenant, task.request_id).await.unwrap_err();
            match error {
                GetResultError::NotReady { status, failure: f } => {
                    assert_eq!((status, f), (task.status(), failure));
                }
                other => panic!("{other}"),
            }
        }
    }

    #[tokio::test]
    async fn another_tenants_task_is_as_none() {
        let (get, tasks, _) = scene();
        let task = ended(Ok(stored()));
        tasks.put(task.clone());
        for (tenant, id) in [
            (build::tenant(), task.request_id),
            (task.tenant, build::request_id()),
        ] {
            let error = get.run(&tenant, id).await.unwrap_err();
            assert!(matches!(error, GetResultError::NotFound(missing) if missing == id));
            let error = get.get_task.run(&tenant, id).await.unwrap_err();
            assert!(matches!(error, GetTaskError::NotFound(missing) if missing == id));
        }
    }

    #[tokio::test]
    async fn stores_that_are_away_are_told_apart_from_tasks_that_are_not_there() {
        for call in ["tasks.load", "results.link"] {
            let (get, tasks, faults) = scene();
            let task = ended(Ok(stored()));
            tasks.put(task.clone());
            faults.always(call, Fault::Unavailable);
            let error = get.run(&task.tenant, task.request_id).await.unwrap_err();
            assert!(matches!(error, GetResultError::Store(_)));
        }
    }
}
