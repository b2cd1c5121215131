//! Handles the records of one event.

use std::convert::Infallible;
use std::fmt::Display;
use std::future::Future;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures::stream::{self, StreamExt};
use tokio::time::Instant;

use crate::dead_letters::{ByRedrive, DeadLetters};
use crate::delivery::Delivery;
use crate::lane::lanes;
use crate::outcome::Outcome;
use crate::report::{Report, Settled};
use crate::run::Run;
use crate::settle::Settle;
use crate::together::Together;
use crate::visibility::{Untouched, Visibility};

/// How batches are handled. Make one during init and use it for every event.
#[derive(Debug, Clone)]
pub struct Batch<V = Untouched, D = ByRedrive> {
    concurrency: usize,
    deadline: Option<Instant>,
    settle: Settle<V, D>,
}

/// Handles every record and answers Lambda; the short form of [`Batch`].
///
/// Waits are left to the queue's visibility timeout, dead letters to its redrive policy.
pub async fn process<F, Fut>(event: SqsEvent, concurrency: usize, handle: F) -> SqsBatchResponse
where
    F: Fn(Delivery<SqsMessage>) -> Fut,
    Fut: Future<Output = Outcome>,
{
    let whole = |message: &SqsMessage| Ok::<_, Infallible>(message.clone());
    let batch = Batch::new(concurrency);
    batch.run(event, whole, handle).await.response()
}

impl Batch {
    /// Handles up to `concurrency` records (or message groups of a FIFO queue) at once; none means
    /// one. They share a thread: a handler that computes for long spawns that.
    pub fn new(concurrency: usize) -> Self {
        Self {
            concurrency: concurrency.max(1),
            deadline: None,
            settle: Settle {
                visibility: Untouched,
                dead_letters: ByRedrive,
            },
        }
    }
}

impl<V: Visibility, D: DeadLetters> Batch<V, D> {
    /// Hides records that are to be tried again for as long as their handler says.
    #[must_use]
    pub fn hide_by<W: Visibility>(self, visibility: W) -> Batch<W, D> {
        Batch {
            concurrency: self.concurrency,
            deadline: self.deadline,
            settle: Settle {
                visibility,
                dead_letters: self.settle.dead_letters,
            },
        }
    }

    /// Sends dead letters away at once instead of leaving them to the queue.
    #[must_use]
    pub fn bury_by<E: DeadLetters>(self, dead_letters: E) -> Batch<V, E> {
        Batch {
            concurrency: self.concurrency,
            deadline: self.deadline,
            settle: Settle {
                visibility: self.settle.visibility,
                dead_letters,
            },
        }
    }

    /// Stops handling at this moment and gives what is not done back to the queue at once. Leave a
    /// few seconds before Lambda's own limit: what is done must still be acknowledged.
    #[must_use]
    pub fn until(mut self, deadline: impl Into<Option<Instant>>) -> Self {
        self.deadline = deadline.into();
        self
    }

    /// Decodes and handles every record. A record that cannot be decoded is a dead letter.
    ///
    /// Dropping the future is safe: Lambda keeps every record of a batch that it gets no answer for.
    pub async fn run<T, E, Fut>(
        &self,
        event: SqsEvent,
        decode: impl Fn(&SqsMessage) -> Result<T, E>,
        handle: impl Fn(Delivery<T>) -> Fut,
    ) -> Report
    where
        E: Display,
        Fut: Future<Output = Outcome>,
    {
        let run = Run {
            deadline: self.deadline,
            settle: &self.settle,
            decode,
            handle,
        };
        let lanes = lanes(event).into_iter().map(|lane| run.lane(lane));
        let settled = stream::iter(lanes).buffer_unordered(self.concurrency);
        in_order(settled.concat().await)
    }

    /// Decodes every record and handles them together, for work that gains from seeing them all:
    /// one query for many, the newest of several changes. `handle` gives one outcome for each
    /// delivery, in their order; its panic or the deadline concerns all of them.
    ///
    /// Of a FIFO queue's group nothing behind a record that cannot be decoded is handled, and what
    /// stands behind one that is not acknowledged comes back with it, handled or not.
    pub async fn run_together<T, E, Fut>(
        &self,
        event: SqsEvent,
        decode: impl Fn(&SqsMessage) -> Result<T, E>,
        handle: impl FnOnce(Vec<Delivery<T>>) -> Fut,
    ) -> Report
    where
        E: Display,
        Fut: Future<Output = Vec<Outcome>>,
    {
        let together = Together {
            deadline: self.deadline,
            settle: &self.settle,
        };
        in_order(together.run(lanes(event), decode, handle).await)
    }
}

fn in_order(mut settled: Vec<(usize, Settled)>) -> Report {
    settled.sort_unstable_by_key(|(place, _)| *place);
    let records = settled.into_iter().map(|(_, settled)| settled).collect();
    Report { records }
}
