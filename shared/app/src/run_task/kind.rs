//! Runs a kind's own code.

use std::sync::Arc;

use domain::kind::{ProgressSink, TaskContext};
use domain::ledger::carried;
use domain::ports::PortError;
use domain::task::INLINE_LIMIT;
use domain::{Failure, Task, TaskResult, causes};
use serde_json::Value;
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument as _;

use super::RunTask;

impl RunTask {
    /// Runs the task's kind, once, and keeps what comes out.
    pub(super) async fn run_kind(
        &self,
        task: &Task,
        progress: Arc<dyn ProgressSink>,
    ) -> Result<TaskResult, Failure> {
        if task.tries > self.registry.catalogue().retry(&task.kind).attempts {
            let message = "Every worker stopped in the middle of it, as if killed.";
            return Err(Failure::transient("worker_lost", message));
        }
        let value = self.run_apart(task, progress).await?;
        self.keep(task, value).await
    }

    /// On a task of its own, so that a kind that computes for long does not hold up the lease,
    /// and a panic stays inside. Dropping the set aborts it.
    async fn run_apart(
        &self,
        task: &Task,
        progress: Arc<dyn ProgressSink>,
    ) -> Result<Value, Failure> {
        let Some(kind) = self.registry.runner(&task.kind).cloned() else {
            // Submission checked the name, so a newer worker knows it.
            let message = format!("This worker does not know the kind {}.", task.kind);
            return Err(Failure::transient("unknown_kind", message));
        };
        let context = TaskContext {
            request_id: task.request_id,
            tenant: task.tenant.clone(),
            started_at: task.started_at.unwrap_or(task.updated_at),
            progress,
        };
        let input = task.input.clone();
        let mut apart = JoinSet::new();
        let work = async move { kind.run(&context, &input).await };
        apart.spawn(carried(work).in_current_span());
        match apart.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) => Err(broke_off(&error)),
            None => Err(Failure::transient("worker_lost", "The worker stopped.")),
        }
    }

    async fn keep(&self, task: &Task, value: Value) -> Result<TaskResult, Failure> {
        let bytes = value.to_string().len();
        if bytes <= INLINE_LIMIT {
            return Ok(TaskResult::Inline { value });
        }
        let put = self
            .results
            .put(&task.tenant, task.request_id, task.attempt, &value);
        let key = put.await.map_err(|error| not_kept(&error))?;
        Ok(TaskResult::Stored {
            key,
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        })
    }
}

/// The panic's own words are in the log: they may hold what the tenant must not see.
fn broke_off(error: &JoinError) -> Failure {
    if error.is_panic() {
        let message = "The task's code stopped at a defect of ours. It has been logged.";
        Failure::permanent("task_panicked", message)
    } else {
        Failure::transient("worker_lost", "The worker is shutting down.")
    }
}

fn not_kept(error: &PortError) -> Failure {
    tracing::warn!(error = causes(error), "a result was not stored");
    let message = "The result could not be stored.";
    match error {
        PortError::Broken { .. } => Failure::permanent("result_not_stored", message),
        PortError::Conflict { .. } | PortError::Unavailable { .. } => {
            Failure::transient("result_not_stored", message)
        }
    }
}
