//! Tells what a finished task has used, and what that costs.

use std::sync::Arc;

use domain::ports::LateUsage;
use domain::{Prices, RequestId, Task, TenantId, Usage, Usd, causes};

/// Tells what tasks cost.
#[derive(Clone)]
pub struct TellCost {
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
    /// What became known after the task's last write. It does not depend on the task, so both can be
    /// read at once. None where it cannot be read: a task is shown all the same.
    pub async fn late(&self, tenant: &TenantId, id: RequestId) -> Option<Usage> {
        let late = self.late_usage.total(tenant, id).await;
        late.inspect_err(|error| {
            tracing::warn!(error = causes(error), "what a task used is not known");
        })
        .ok()
    }

    /// All of it, once the task has ended and where the rest is known.
    pub fn of(&self, task: &Task, late: Option<Usage>) -> Option<Spent> {
        let late = late.filter(|_| task.status().is_terminal())?;
        let usage = task.usage + late;
        Some(Spent {
            usage,
            cost: usage.cost(&self.prices),
        })
    }
}
