//! Shows one task with what it has used, and what that costs, once it has ended.

use std::sync::Arc;

use domain::ports::LateUsage;
use domain::{Prices, RequestId, TenantId, Usage, Usd, causes};

use crate::get_task::{GetTask, GetTaskError, TaskView};

/// Tells what tasks cost.
#[derive(Clone)]
pub struct TellCost {
    /// Shows the task.
    pub get_task: GetTask,
    /// What became known after a task's last write.
    pub late_usage: Arc<dyn LateUsage>,
    /// What things cost.
    pub prices: Prices,
}

/// What a task used and what that costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Over all its attempts.
    pub usage: Usage,
    /// At list price.
    pub cost: Usd,
}

impl TellCost {
    /// The task, and what it has used and cost, once it has ended and where that is known.
    pub async fn run(
        &self,
        tenant: &TenantId,
        id: RequestId,
    ) -> Result<(TaskView, Option<Spent>), GetTaskError> {
        let (view, late) = tokio::join!(self.get_task.run(tenant, id), self.late(tenant, id));
        let view = view?;
        let ended = view.task.status().is_terminal();
        // Submitting alone uses something, so a task without any is from before this was counted.
        let counted = !view.task.usage.is_none();
        let late = late.filter(|_| ended && counted);
        let spent = late.map(|late| {
            let usage = view.task.usage + late;
            Spent {
                usage,
                cost: usage.cost(&self.prices),
            }
        });
        Ok((view, spent))
    }

    /// What became known after the task's last write. It does not depend on the task, so both are
    /// read at once. Where it cannot be read the task is shown all the same.
    async fn late(&self, tenant: &TenantId, id: RequestId) -> Option<Usage> {
        let late = self.late_usage.total(tenant, id).await;
        late.inspect_err(|error| {
            tracing::warn!(error = causes(error), "what a task used is not known");
        })
        .ok()
    }
}
