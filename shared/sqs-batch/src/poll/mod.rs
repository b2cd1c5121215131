//! Takes messages from a queue by long polling, for programs that no event source mapping serves.

mod acknowledge;
mod inbox;
mod pulse;

use std::future::Future;
use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use futures::FutureExt;
use futures::future::{OptionFuture, Shared, join};
use futures::stream::{FuturesUnordered, StreamExt};
use retry::{Backoff, Jitter};
use tokio::select;
use tokio::time::sleep;

use acknowledge::Acknowledgements;
pub use inbox::Inbox;
pub use pulse::Pulse;

/// The most messages that one call gives
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>).
const MOST: usize = 10;

/// How long a call waits for messages: the longest that SQS allows, so that an empty queue costs three
/// requests a minute.
const WAIT: Duration = Duration::from_secs(20);

/// What a call that is under way gets when polling is to stop. A call that is cut off while messages
/// come loses them until the queue's visibility timeout ends; one that finds messages takes no time.
const GRACE: Duration = Duration::from_secs(2);

/// The waits while the queue does not answer.
const AWAY: Backoff = Backoff {
    base: Duration::from_secs(1),
    cap: Duration::from_secs(30),
    attempts: u32::MAX,
};

/// Polls one queue.
#[derive(Debug)]
pub struct Poll<I> {
    inbox: I,
    at_once: usize,
}

impl<I: Inbox> Poll<I> {
    /// Has up to `at_once` messages in hand at the same time; none means one.
    pub fn new(inbox: I, at_once: usize) -> Self {
        Self {
            inbox,
            at_once: at_once.max(1),
        }
    }

    /// Handles messages until `stop`, then those in hand to their end. `handle` says whether the queue
    /// may forget the message, and does not panic: [`Batch::run`](crate::Batch::run) for one message
    /// is such a handler. All of them share a thread: a handler that computes for long spawns that.
    ///
    /// It asks only for as many as it can begin at once, so nothing waits here that another poller
    /// could handle.
    pub async fn run<Fut>(
        &self,
        stop: impl Future<Output = ()>,
        pulse: &Pulse,
        jitter: &(impl Jitter + ?Sized),
        handle: impl Fn(SqsMessage) -> Fut,
    ) where
        Fut: Future<Output = bool>,
    {
        let (acknowledgements, done) = Acknowledgements::of(&self.inbox);
        let polling = async {
            let done = done;
            let stop = stop.shared();
            let handled = |message: SqsMessage| {
                let receipt = message.receipt_handle.clone().unwrap_or_default();
                let forget = handle(message);
                async { forget.await.then_some(receipt) }
            };
            let mut running = FuturesUnordered::new();
            let mut receiving = None;
            loop {
                let stopped = stop.peek().is_some();
                if !stopped && receiving.is_none() && running.len() < self.at_once {
                    let room = self.at_once - running.len();
                    receiving = Some(Box::pin(self.receive(room, stop.clone(), pulse, jitter)));
                }
                pulse.has_in_hand(running.len());
                select! {
                    biased;
                    Some(receipt) = running.next() => done.tell(receipt),
                    Some(messages) = OptionFuture::from(receiving.as_mut()) => {
                        receiving = None;
                        running.extend(messages.into_iter().map(handled));
                    }
                    () = stop.clone(), if !stopped => {}
                    else => break,
                }
            }
        };
        join(polling, acknowledgements.run()).await;
    }

    async fn receive(
        &self,
        room: usize,
        stop: Shared<impl Future<Output = ()>>,
        pulse: &Pulse,
        jitter: &(impl Jitter + ?Sized),
    ) -> Vec<SqsMessage> {
        let receiving = async {
            if let Ok(messages) = self.inbox.receive(room.min(MOST), WAIT).await {
                pulse.answered();
                return messages;
            }
            sleep(AWAY.wait(pulse.unanswered(), jitter)).await;
            Vec::new()
        };
        let cut_off = async {
            stop.await;
            sleep(GRACE).await;
        };
        select! {
            biased;
            messages = receiving => messages,
            () = cut_off => Vec::new(),
        }
    }
}
