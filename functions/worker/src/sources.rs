//! The queues that batches come from.

use aws_lambda_events::sqs::SqsEvent;

use crate::handler::Worker;

/// A worker for each queue: a message can be hidden only in the queue that has delivered it.
pub struct Sources {
    /// Takes what no other does.
    pub normal: Worker,
    /// Takes what comes from the urgent queue.
    pub urgent: Worker,
    /// That queue's URL.
    pub urgent_queue: String,
}

impl Sources {
    /// The worker for a batch. All messages of a batch come from one queue.
    pub fn of(&self, event: &SqsEvent) -> &Worker {
        let first = event.records.first();
        let arn = first.and_then(|message| message.event_source_arn.as_deref());
        let name = arn.and_then(|arn| arn.rsplit(':').next());
        if name.is_some() && name == self.urgent_queue.rsplit('/').next() {
            &self.urgent
        } else {
            &self.normal
        }
    }
}
