//! A batch of queue messages in, what became of each out.

use std::sync::Arc;

use app::RunTask;
use app::run_task::{Delivery, Outcome};
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use boot::Queue;
use domain::causes;
use domain::ports::Deliveries;
use sqs_batch::{Batch, Report};
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, info_span};
use wire::queue::TaskRef;

/// Tasks that run at the same time: the largest batch that the template allows.
const AT_ONCE: usize = 10;

/// Runs the tasks that messages ask for.
pub struct Worker {
    /// Runs one task.
    pub(crate) run_task: RunTask,
    /// The task queue, and where its dead letters go.
    pub(crate) queue: Queue,
}

impl Worker {
    /// The same for messages of another queue with the same dead letters.
    pub(crate) fn of_another_queue(&self, deliveries: Arc<dyn Deliveries>) -> Self {
        Self {
            run_task: RunTask {
                deliveries: deliveries.clone(),
                ..self.run_task.clone()
            },
            queue: Queue {
                deliveries,
                dead_letters: self.queue.dead_letters.clone(),
            },
        }
    }

    /// Handles the messages of the batch at the same time. What cannot be read, and the message of
    /// a task that is given up, goes to the dead letters at once, with the reason. Without a deadline
    /// tasks take as long as they may.
    pub async fn handle(&self, event: SqsEvent, deadline: Option<Instant>) -> Report {
        let batch = Batch::new(AT_ONCE)
            .hide_by(&self.queue)
            .bury_by(&self.queue)
            .until(deadline);
        let task = |delivery| self.task(delivery, deadline);
        batch.run(event, read, task).await
    }

    async fn task(
        &self,
        delivery: sqs_batch::Delivery<TaskRef>,
        deadline: Option<Instant>,
    ) -> sqs_batch::Outcome {
        let trace = delivery.body.trace;
        let delivery = Delivery {
            tenant: delivery.body.tenant,
            request_id: delivery.body.request_id,
            receipt: delivery.receipt,
            receive_count: delivery.receive_count,
            until: deadline,
        };
        let span = info_span!(
            "task",
            task.id = %delivery.request_id,
            tenant = %delivery.tenant,
            trace.id = trace.map(|trace| trace.id()),
            receives = delivery.receive_count,
            // The task knows these.
            task.kind = Empty,
            task.attempt = Empty,
            task.outcome = Empty,
            wait_ms = Empty,
            code = Empty,
        );
        match self.run_task.run(&delivery).instrument(span).await {
            Outcome::Done => sqs_batch::Outcome::Done,
            Outcome::Later(wait) => sqs_batch::Outcome::RetryAfter(wait.unsigned_abs()),
            Outcome::DeadLetter { reason } => sqs_batch::Outcome::DeadLetter { reason },
        }
    }
}

fn read(message: &SqsMessage) -> Result<TaskRef, String> {
    let body = message.body.as_deref().unwrap_or_default();
    wire::queue::read_task(body).map_err(|error| format!("unreadable_message: {}", causes(&error)))
}

#[cfg(test)]
mod tests;
