//! A batch of updates in, what became of each out.

use std::sync::Arc;
use std::time::Duration;

use app::PushUpdates;
use app::push_updates::PushError;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use boot::Queue;
use domain::causes;
use domain::ports::{Announcement, Entropy};
use sqs_batch::{Backoff, Batch, Delivery, Failure, Outcome, Report, Retry};
use tokio::time::Instant;

/// How often an update is pushed, as long as some do not get it. Whoever misses it for longer finds
/// it in the task's history.
const RETRY: Backoff = Backoff {
    base: Duration::from_secs(2),
    cap: Duration::from_mins(1),
    attempts: 5,
};

/// An update that did not reach everybody, as a person reads it.
#[derive(Debug, thiserror::Error)]
#[error("not_pushed: {}", causes(.0))]
struct NotPushed(PushError);

impl Failure for NotPushed {
    fn retry(&self) -> Retry {
        self.0.retry()
    }
}

/// Pushes the updates that messages hold.
pub(crate) struct Pusher {
    /// Pushes a batch.
    pub(crate) push_updates: PushUpdates,
    /// The updates queue, and where its dead letters go.
    pub(crate) queue: Queue,
    /// Makes jitter.
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Pusher {
    /// Pushes the batch together, since a newer update in it may overtake an older one.
    pub(crate) async fn handle(&self, event: SqsEvent, deadline: Instant) -> Report {
        let batch = Batch::new(1)
            .hide_by(&self.queue)
            .bury_by(&self.queue)
            .until(deadline);
        let push = |deliveries| self.push(deliveries);
        batch.run_together(event, read, push).await
    }

    async fn push(&self, deliveries: Vec<Delivery<Announcement>>) -> Vec<Outcome> {
        let received = deliveries
            .into_iter()
            .map(|one| (one.receive_count, one.body));
        let (counts, announcements): (Vec<_>, Vec<_>) = received.unzip();
        let results = self.push_updates.run(&announcements).await.into_iter();
        let outcome = |(count, result): (u32, Result<(), PushError>)| {
            let result = result.map_err(NotPushed);
            Outcome::after(count, result, &RETRY, self.entropy.as_ref())
        };
        counts.into_iter().zip(results).map(outcome).collect()
    }
}

fn read(message: &SqsMessage) -> Result<Announcement, String> {
    let body = message.body.as_deref().unwrap_or_default();
    let read = wire::queue::read_update(body);
    read.map_err(|error| format!("unreadable_message: {}", causes(&error)))
}

#[cfg(test)]
mod tests;
