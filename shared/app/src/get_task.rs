//! Shows one task.

use std::sync::Arc;

use domain::ports::{Clock, PortError, ResultLink, ResultStore, TaskStore};
use domain::task::State;
use domain::{RequestId, Task, TaskResult, TenantId};

use crate::show_result::{Origin, Shown, show_result};

/// Shows one task of a tenant.
#[derive(Clone)]
pub struct GetTask {
    /// Where tasks are.
    pub tasks: Arc<dyn TaskStore>,
    /// Where large results are.
    pub results: Arc<dyn ResultStore>,
    /// What a link's lifetime counts from.
    pub clock: Arc<dyn Clock>,
}

/// A task as its tenant sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskView {
    /// The task. The result of an export has a fresh link to its file.
    pub task: Task,
    /// The way to its result, where that is stored apart.
    pub link: Option<ResultLink>,
}

/// Why the task cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum GetTaskError {
    /// The tenant has no such task. Another tenant's task looks the same as none.
    #[error("there is no task {0}")]
    NotFound(RequestId),
    /// A store did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl GetTask {
    /// The task, and a fresh link where its result is stored apart.
    pub async fn run(&self, tenant: &TenantId, id: RequestId) -> Result<TaskView, GetTaskError> {
        let task = self.tasks.load(tenant, id).await?;
        let mut task = task.ok_or(GetTaskError::NotFound(id))?;
        let Some(result) = task.state.result() else {
            return Ok(TaskView { task, link: None });
        };
        let Shown { result, link } = self.show(&task, result).await?;
        task.state = State::Completed { result };
        Ok(TaskView { task, link })
    }

    async fn show(&self, task: &Task, result: &TaskResult) -> Result<Shown, PortError> {
        let origin = Origin {
            tenant: &task.tenant,
            request_id: task.request_id,
            kind: &task.kind,
        };
        show_result(self.results.as_ref(), self.clock.now(), origin, result).await
    }
}
