//! Handles the records of a batch together.

use std::fmt::Display;
use std::future::Future;
use std::iter::repeat_with;
use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use futures::future::join_all;
use tokio::time::Instant;

use crate::dead_letters::DeadLetters;
use crate::delivery::Delivery;
use crate::guarded::{Ended, guarded};
use crate::lane::Placed;
use crate::outcome::Outcome;
use crate::report::{End, Settled};
use crate::run::comes_back;
use crate::settle::Settle;
use crate::visibility::Visibility;

/// How one record ended, before the queue is told; an error is one of decoding.
type Word = Ended<Result<Outcome, String>>;

/// A record on its way.
enum Read {
    /// The handler gets it.
    Good,
    /// It cannot be decoded.
    Bad(Word),
    /// It stands behind one that cannot be decoded.
    Behind,
}

/// What it takes to handle records together.
pub(crate) struct Together<'a, V, D> {
    pub(crate) deadline: Option<Instant>,
    pub(crate) settle: &'a Settle<V, D>,
}

impl<V: Visibility, D: DeadLetters> Together<'_, V, D> {
    pub(crate) async fn run<T, E, Fut>(
        &self,
        lanes: Vec<Vec<Placed>>,
        decode: impl Fn(&SqsMessage) -> Result<T, E>,
        handle: impl FnOnce(Vec<Delivery<T>>) -> Fut,
    ) -> Vec<(usize, Settled)>
    where
        E: Display,
        Fut: Future<Output = Vec<Outcome>>,
    {
        let (mut deliveries, mut read) = (Vec::new(), Vec::with_capacity(lanes.len()));
        for lane in lanes {
            read.push(self.read(lane, &decode, &mut deliveries).await);
        }
        let mut words = self.words(deliveries, handle).await.into_iter();
        let mut settling = Vec::with_capacity(read.len());
        for lane in read {
            let word = |(placed, read)| match read {
                Read::Good => (placed, words.next()),
                Read::Bad(word) => (placed, Some(word)),
                Read::Behind => (placed, None),
            };
            settling.push(self.tell(lane.into_iter().map(word).collect()));
        }
        join_all(settling).await.into_iter().flatten().collect()
    }

    /// Decodes a lane up to the first record that cannot be.
    async fn read<T, E: Display>(
        &self,
        lane: Vec<Placed>,
        decode: &impl Fn(&SqsMessage) -> Result<T, E>,
        deliveries: &mut Vec<Delivery<T>>,
    ) -> Vec<(Placed, Read)> {
        let mut read = Vec::with_capacity(lane.len());
        let mut stopped = false;
        for (place, message) in lane {
            if stopped {
                read.push(((place, message), Read::Behind));
                continue;
            }
            let decoding = async { decode(&message).map_err(|error| error.to_string()) };
            let one = match guarded(self.deadline, decoding).await {
                Ended::Returned(Ok(body)) => {
                    deliveries.push(Delivery::of(&message, body));
                    Read::Good
                }
                Ended::Returned(Err(reason)) => Read::Bad(Ended::Returned(Err(reason))),
                Ended::Panicked(words) => Read::Bad(Ended::Panicked(words)),
                Ended::OutOfTime => Read::Bad(Ended::OutOfTime),
            };
            stopped = matches!(one, Read::Bad(_));
            read.push(((place, message), one));
        }
        read
    }

    /// The handler's word on each of the deliveries; what stops it stops all of them.
    async fn words<T, Fut>(
        &self,
        deliveries: Vec<Delivery<T>>,
        handle: impl FnOnce(Vec<Delivery<T>>) -> Fut,
    ) -> Vec<Word>
    where
        Fut: Future<Output = Vec<Outcome>>,
    {
        let count = deliveries.len();
        if count == 0 {
            return Vec::new();
        }
        // The handler may panic before it gives its future.
        match guarded(self.deadline, async { handle(deliveries).await }).await {
            Ended::Returned(outcomes) => {
                let missing = || Ended::Panicked("the handler gave no outcome".to_owned());
                let given = outcomes.into_iter().map(|one| Ended::Returned(Ok(one)));
                given.chain(repeat_with(missing)).take(count).collect()
            }
            Ended::Panicked(words) => {
                let word = || Ended::Panicked(words.clone());
                repeat_with(word).take(count).collect()
            }
            Ended::OutOfTime => repeat_with(|| Ended::OutOfTime).take(count).collect(),
        }
    }

    /// Tells the queue of a lane's records, up to the first that is not acknowledged: those behind
    /// it come back with it.
    async fn tell(&self, lane: Vec<(Placed, Option<Word>)>) -> Vec<(usize, Settled)> {
        let mut settled = Vec::with_capacity(lane.len());
        let mut records = lane.into_iter();
        for ((place, message), word) in records.by_ref() {
            let record = if let Some(word) = word {
                self.settle.ended(&message, word).await
            } else {
                let at_once = Some(Duration::ZERO);
                self.settle.come_back(&message, End::Behind, at_once).await
            };
            let stopped = (!record.end.is_acknowledged()).then(|| comes_back(&record.end));
            settled.push((place, record));
            if let Some(wait) = stopped {
                let behind = records.map(|(placed, _)| placed);
                settled.extend(self.settle.hold_back(behind, wait).await);
                break;
            }
        }
        settled
    }
}
