//! A batch of queue messages in, the messages to be delivered again out.

use std::convert::Infallible;
use std::sync::Arc;

use app::RunTask;
use app::run_task::{Delivery, Outcome};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::causes;
use domain::ports::Deliveries;
use futures::future::join_all;
use time::Duration;
use tracing::{Instrument as _, info_span};

/// Runs the tasks that messages ask for.
pub(crate) struct Worker {
    /// Runs one task.
    pub(crate) run_task: RunTask,
    /// The messages in hand.
    pub(crate) deliveries: Arc<dyn Deliveries>,
}

impl Worker {
    /// Handles all messages of the batch at once. Those not named in the answer are done with.
    pub(crate) async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Infallible> {
        let handled = event.records.iter().map(|message| self.message(message));
        let mut response = SqsBatchResponse::default();
        for id in join_all(handled).await.into_iter().flatten() {
            response.add_failure(id);
        }
        Ok(response)
    }

    /// The message's id, if it is to be delivered again.
    async fn message(&self, message: &SqsMessage) -> Option<String> {
        let id = message.message_id.clone().unwrap_or_default();
        let receipt = message.receipt_handle.as_deref().unwrap_or_default();
        let back_in = match self.outcome(message, receipt).await {
            Outcome::Done => return None,
            Outcome::Later(wait) => wait,
            // The queue itself moves a message to the dead letters, once it has been delivered
            // often enough.
            Outcome::DeadLetter => Duration::ZERO,
        };
        if let Err(error) = self.deliveries.hide(receipt, back_in).await {
            // It comes back all the same, when its present hiding ends.
            tracing::warn!(message.id = id, error = causes(&error), "not hidden");
        }
        Some(id)
    }

    async fn outcome(&self, message: &SqsMessage, receipt: &str) -> Outcome {
        let task = match wire::queue::read_task(message.body.as_deref().unwrap_or_default()) {
            Ok(task) => task,
            Err(error) => {
                let id = message.message_id.as_deref();
                tracing::error!(
                    message.id = id,
                    error = causes(&error),
                    "unreadable message"
                );
                return Outcome::DeadLetter;
            }
        };
        let delivery = Delivery {
            tenant: task.tenant,
            request_id: task.request_id,
            receipt: receipt.to_owned(),
            receive_count: receive_count(message),
        };
        let span = info_span!("task", task.id = %delivery.request_id, tenant = %delivery.tenant);
        self.run_task.run(&delivery).instrument(span).await
    }
}

/// How often the queue has delivered the message; it always says.
fn receive_count(message: &SqsMessage) -> u32 {
    let count = message.attributes.get("ApproximateReceiveCount");
    count.and_then(|count| count.parse().ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests;
