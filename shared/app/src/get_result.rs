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
