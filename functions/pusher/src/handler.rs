//! A batch of requests in, what became of each out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use app::hang_up::HangUpError;
use app::push_broadcast::PushBroadcastError;
use app::push_posting::PushPostingError;
use app::push_updates::PushError;
use app::replay_tasks::ReplayError;
use app::{CountMessages, HangUp, PushBroadcast, PushPosting, PushUpdates, ReplayTasks};
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use boot::Queue;
use domain::causes;
use domain::ports::Entropy;
use futures::future::join_all;
use sqs_batch::{Backoff, Batch, Delivery, Failure, Outcome, Report, Retry};
use tokio::time::Instant;
use wire::queue::Request;

/// How often a request is tried. Whoever misses an update for longer finds it in the task's history.
const RETRY: Backoff = Backoff {
    base: Duration::from_secs(2),
    cap: Duration::from_mins(1),
    attempts: 5,
};

/// What was not done, as a person reads it.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    #[error("not_pushed")]
    Push(#[from] PushError),
    #[error("not_replayed")]
    Replay(#[from] ReplayError),
    #[error("not_hung_up")]
    HangUp(#[from] HangUpError),
    #[error("part_not_pushed")]
    Broadcast(#[from] PushBroadcastError),
    #[error("not_posted")]
    Post(#[from] PushPostingError),
}

impl Failure for NotDone {
    fn retry(&self) -> Retry {
        match self {
            Self::Push(error) | Self::Replay(ReplayError::Message(error)) => error.retry(),
            Self::Replay(_) | Self::HangUp(_) | Self::Broadcast(_) | Self::Post(_) => {
                Retry::Transient
            }
        }
    }
}

/// Does what messages ask for.
pub(crate) struct Pusher {
    /// Pushes updates to those who listen.
    pub(crate) push_updates: PushUpdates,
    /// Posts what a connection has missed.
    pub(crate) replay_tasks: ReplayTasks,
    /// Closes connections.
    pub(crate) hang_up: HangUp,
    /// Pushes one part of a broadcast.
    pub(crate) push_broadcast: PushBroadcast,
    /// Posts what has no history.
    pub(crate) push_posting: PushPosting,
    /// Adds what was posted to the tasks that it was posted for.
    pub(crate) count_messages: CountMessages,
    /// The updates queue, and where its dead letters go.
    pub(crate) queue: Queue,
    /// Makes jitter.
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Pusher {
    /// Does what a batch asks for, all of it together.
    pub(crate) async fn handle(&self, event: SqsEvent, deadline: Instant) -> Report {
        let batch = Batch::new(1)
            .hide_by(&self.queue)
            .bury_by(&self.queue)
            .until(deadline);
        let answer = |deliveries| self.answer(deliveries);
        let report = batch.run_together(event, read, answer).await;
        self.count_messages.run().await;
        report
    }

    async fn answer(&self, deliveries: Vec<Delivery<Request>>) -> Vec<Outcome> {
        let received = deliveries.into_iter();
        let (counts, requests): (Vec<_>, Vec<_>) =
            received.map(|one| (one.receive_count, one.body)).unzip();
        let results = self.run(requests).await.into_iter();
        let outcome = |(count, result)| Outcome::after(count, result, &RETRY, &*self.entropy);
        counts.into_iter().zip(results).map(outcome).collect()
    }

    /// Pushes the updates as a whole, since a newer one may overtake an older one, and does the
    /// rest beside.
    async fn run(&self, requests: Vec<Request>) -> Vec<Result<(), NotDone>> {
        let (mut places, mut updates, mut others) = (vec![], vec![], vec![]);
        for (place, request) in requests.into_iter().enumerate() {
            match request {
                Request::Push(update) => {
                    places.push(place);
                    updates.push(*update);
                }
                other => others.push((place, other)),
            }
        }
        let others = others.iter();
        let others = others.map(|(place, other)| async { (*place, self.other(other).await) });
        let (pushed, others) = tokio::join!(self.push_updates.run(&updates), join_all(others));
        let pushed = pushed.into_iter().map(|one| one.map_err(NotDone::from));
        let all: BTreeMap<_, _> = places.into_iter().zip(pushed).chain(others).collect();
        all.into_values().collect()
    }

    async fn other(&self, request: &Request) -> Result<(), NotDone> {
        match request {
            // They are pushed as a whole.
            Request::Push(_) => Ok(()),
            Request::Replay(replay) => Ok(self.replay_tasks.run(replay).await?),
            Request::HangUp(connection) => Ok(self.hang_up.run(connection).await?),
            Request::Broadcast(part) => Ok(self.push_broadcast.run(part).await.map(drop)?),
            Request::Post(posting) => Ok(self.push_posting.run(posting).await.map(drop)?),
        }
    }
}

fn read(message: &SqsMessage) -> Result<Request, String> {
    let body = message.body.as_deref().unwrap_or_default();
    let read = wire::queue::read_request(body);
    read.map_err(|error| format!("unreadable_message: {}", causes(&error)))
}

#[cfg(test)]
mod tests;
