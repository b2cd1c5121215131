//! Runs lanes of records.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use tokio::time::Instant;

use crate::dead_letters::DeadLetters;
use crate::delivery::Delivery;
use crate::guarded::guarded;
use crate::lane::Placed;
use crate::outcome::Outcome;
use crate::report::{End, Settled};
use crate::settle::Settle;
use crate::visibility::Visibility;

/// What it takes to handle a record.
pub(crate) struct Run<'a, V, D, Decode, Handle> {
    pub(crate) deadline: Option<Instant>,
    pub(crate) settle: &'a Settle<V, D>,
    pub(crate) decode: Decode,
    pub(crate) handle: Handle,
}

impl<V: Visibility, D: DeadLetters, Decode, Handle> Run<'_, V, D, Decode, Handle> {
    /// Handles records one after the other, up to the first that is not acknowledged: those after
    /// it in its message group must not overtake it.
    pub(crate) async fn lane<T, E, Fut>(&self, lane: Vec<Placed>) -> Vec<(usize, Settled)>
    where
        E: Display,
        Decode: Fn(&SqsMessage) -> Result<T, E>,
        Handle: Fn(Delivery<T>) -> Fut,
        Fut: Future<Output = Outcome>,
    {
        let mut settled = Vec::with_capacity(lane.len());
        let mut records = lane.into_iter();
        for (place, message) in records.by_ref() {
            let record = self.record(&message).await;
            let stopped = (!record.end.is_acknowledged()).then(|| comes_back(&record.end));
            settled.push((place, record));
            if let Some(wait) = stopped {
                settled.extend(self.settle.hold_back(records, wait).await);
                break;
            }
        }
        settled
    }

    async fn record<T, E, Fut>(&self, message: &SqsMessage) -> Settled
    where
        E: Display,
        Decode: Fn(&SqsMessage) -> Result<T, E>,
        Handle: Fn(Delivery<T>) -> Fut,
        Fut: Future<Output = Outcome>,
    {
        // Decoding too may panic, and so may the handler before it gives its future.
        let work = async {
            match (self.decode)(message) {
                Ok(body) => Ok((self.handle)(Delivery::of(message, body)).await),
                Err(error) => Err(error.to_string()),
            }
        };
        let ended = guarded(self.deadline, work).await;
        self.settle.ended(message, ended).await
    }
}

/// When a record that ended so comes back; none means by the queue's own timeout.
pub(crate) fn comes_back(end: &End) -> Option<Duration> {
    match end {
        End::Retry(wait) => Some(*wait),
        End::DeadLetter { .. } | End::Poison { .. } | End::OutOfTime => Some(Duration::ZERO),
        End::Done | End::Panicked { .. } | End::Behind => None,
    }
}
