//! Asks a model once, within what may be spent.

use std::time::Duration;

use domain::kind::TaskContext;
use domain::ledger::charge;
use domain::model::{Part, Prompt, Reservation, Reserved, SpendLimits, TokenUsage};
use domain::ports::ModelError;
use domain::{Failure, Usage, Usd, causes};
use tokio::time::sleep;

use super::ModelService;
use crate::stored;

/// Waits before a busy model is asked again by the same attempt, which keeps what the other prompts
/// have paid for.
const WAITS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(9),
];
/// How long the task is given back for where it stays busy.
const BUSY: Duration = Duration::from_secs(30);

/// Asks within limits.
pub(super) struct Ask<'a> {
    pub(super) service: &'a ModelService,
    pub(super) context: &'a TaskContext,
    pub(super) limits: SpendLimits,
}

impl Ask<'_> {
    /// Sets aside what the prompt costs at most, asks, and gives back the rest. `hear` takes every
    /// part of the answer.
    pub(super) async fn run(
        &self,
        prompt: &Prompt,
        mut hear: impl FnMut(&str) + Send,
    ) -> Result<TokenUsage, Failure> {
        let reservation = self.reserve(prompt).await?;
        let mut waits = WAITS.iter();
        let answer = loop {
            match self.service.model.answer(prompt).await {
                Err(ModelError::Busy(cause)) => match waits.next() {
                    Some(wait) => sleep(*wait).await,
                    None => break Err(ModelError::Busy(cause)),
                },
                answer => break answer,
            }
        };
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                // Nothing was answered, so nothing was spent.
                self.settle(&reservation, Usd::ZERO).await;
                return Err(failure(&error));
            }
        };
        loop {
            // What breaks off may have been paid for, so all of it stays set aside.
            match answer.next().await.map_err(|error| failure(&error))? {
                Part::Text(text) => hear(&text),
                Part::End(usage) => {
                    let cost = self.service.prices.cost(usage);
                    charge(Usage::model(usage.input, usage.output, cost));
                    self.settle(&reservation, cost).await;
                    return Ok(usage);
                }
            }
        }
    }

    async fn reserve(&self, prompt: &Prompt) -> Result<Reservation, Failure> {
        let reservation = Reservation {
            tenant: self.context.tenant.clone(),
            task: self.context.request_id,
            day: self.context.started_at.to_utc().date(),
            amount: self.service.prices.most(prompt),
        };
        let now = self.context.started_at;
        let reserved = self
            .service
            .spending
            .reserve(&reservation, self.limits, now)
            .await;
        match reserved.map_err(|error| stored::failure(&error))? {
            Reserved::Granted => Ok(reservation),
            Reserved::TaskLimit => Err(over_task_limit(reservation.amount, self.limits.task)),
            Reserved::TenantLimit => {
                let message = format!(
                    "Your tasks may spend {} USD a day on models, and that is used up. Retry this one tomorrow, or use the provider builtin.",
                    self.limits.tenant
                );
                Err(Failure::permanent("tenant_spend_limit", message))
            }
        }
    }

    /// What is not given back stays counted: too much rather than too little.
    async fn settle(&self, reservation: &Reservation, spent: Usd) {
        if let Err(error) = self.service.spending.settle(reservation, spent).await {
            tracing::warn!(error = causes(&error), "unspent money was not given back");
        }
    }
}

pub(super) fn over_task_limit(most: Usd, limit: Usd) -> Failure {
    let message = format!(
        "This may cost {most} USD beyond what the task has spent, and the task may spend {limit} USD: give it fewer or shorter documents, or a higher max_cost_usd where the service allows it."
    );
    Failure::permanent("task_spend_limit", message)
}

/// The model's own words are for the log: they may repeat a text.
fn failure(error: &ModelError) -> Failure {
    tracing::warn!(error = causes(error), "the model gave no answer");
    let message = format!("{error}.");
    match error {
        ModelError::Busy(_) => Failure::not_before(BUSY, "model_busy", message),
        ModelError::Unavailable(_) => Failure::transient("model_unavailable", message),
        ModelError::Refused(_) => Failure::permanent("model_refused", message),
    }
}
