//! One queue's messages, from the queue to the worker.

use std::sync::Arc;
use std::time::Duration;

use aws::sqs::PolledQueue;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use boot::{BatchLine, Capturer, OsEntropy, SystemClock};
use domain::ports::{Clock, Entropy};
use metrics::Meter;
use sqs_batch::{BoxError, Inbox, Poll, Pulse};
use tracing::{Instrument as _, info_span};
use worker::Worker;

use crate::beat::Watched;
use crate::drain::Stopping;
use crate::tally::Tally;

/// Runs the tasks of one queue.
pub(crate) struct Consumer {
    poll: Poll<Logged<PolledQueue>>,
    worker: Worker,
    meter: Meter,
    capturer: Capturer,
    pulse: Arc<Pulse>,
    tally: Arc<Tally>,
    queue: &'static str,
}

impl Consumer {
    /// Up to `at_once` tasks at the same time.
    pub(crate) fn new(
        queue: &'static str,
        inbox: PolledQueue,
        worker: Worker,
        at_once: usize,
        meter: &Meter,
        capturer: &Capturer,
    ) -> Self {
        Self {
            poll: Poll::new(Logged { inbox, queue }, at_once),
            worker,
            meter: meter.clone(),
            capturer: capturer.clone(),
            pulse: Arc::default(),
            tally: Arc::new(Tally::of(at_once)),
            queue,
        }
    }

    /// Tells how it is.
    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        self.pulse.clone()
    }

    /// Tells what it has in hand.
    pub(crate) fn watched(&self) -> Watched {
        Watched {
            tally: self.tally.clone(),
            pulse: self.pulse.clone(),
        }
    }

    /// Takes tasks until it is to stop, and ends when the last one has.
    pub(crate) async fn run(&self, stopping: Stopping) {
        let stop = stopping.asked();
        let jitter: &dyn Entropy = &OsEntropy;
        let handle = |message| self.handle(message);
        self.poll.run(stop, &self.pulse, jitter, handle).await;
    }

    /// A message is a batch of its own, with a line of its own. Says whether the queue may forget it.
    async fn handle(&self, message: SqsMessage) -> bool {
        let _in_hand = self.tally.take(&message, SystemClock.now());
        let mut batch = SqsEvent::default();
        batch.records.push(message);
        let line = BatchLine::of(&batch);
        let seen = self.capturer.see(&batch);
        let work = seen.around(self.worker.handle(batch, None));
        let told = line.tell(&self.meter, work);
        let span = info_span!("invocation", queue = self.queue);
        let report = told.instrument(span).await;
        let mut records = report.records.iter();
        records.all(|record| record.end.is_acknowledged())
    }
}

/// Logs what goes wrong with a queue.
struct Logged<I> {
    inbox: I,
    queue: &'static str,
}

impl<I> Logged<I> {
    fn failed(&self, call: &'static str, error: &BoxError) {
        let error = boot::causes(error.as_ref());
        tracing::warn!(queue = self.queue, call, error, "the queue did not answer");
    }
}

impl<I: Inbox> Inbox for Logged<I> {
    async fn receive(&self, most: usize, wait: Duration) -> Result<Vec<SqsMessage>, BoxError> {
        let received = self.inbox.receive(most, wait).await;
        received.inspect_err(|error| self.failed("receive", error))
    }

    async fn delete(&self, receipts: &[String]) -> Result<Vec<String>, BoxError> {
        let deleted = self.inbox.delete(receipts).await;
        deleted.inspect_err(|error| self.failed("delete", error))
    }
}
