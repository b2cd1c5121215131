//! Serves batches of queue messages.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::ports::{Clock, DeadLetter, DeadLetterQueue, Deliveries};
use lambda_runtime::{Error, LambdaEvent};
use metrics::Meter;
use sqs_batch::{BoxError, Buried, DeadLetters, Report, Visibility};
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::SystemClock;
use crate::batch_line::BatchLine;
use crate::capture::Capturer;
use crate::run::serve;

/// What an invocation keeps back of its time, to tell the queue what is not done: longer than the
/// patience of `sqs_batch` with the queue, twice.
const RESERVE: Duration = Duration::from_secs(8);

/// The queue that batches come from, and that of its dead letters, for [`sqs_batch::Batch`].
#[derive(Clone)]
pub struct Queue {
    /// The messages in hand.
    pub deliveries: Arc<dyn Deliveries>,
    /// Where those go that nobody can handle.
    pub dead_letters: Arc<dyn DeadLetterQueue>,
}

impl Visibility for Queue {
    async fn hide(&self, receipt: &str, length: Duration) -> Result<(), BoxError> {
        let length = length.try_into().unwrap_or(time::Duration::MAX);
        Ok(self.deliveries.hide(receipt, length).await?)
    }
}

impl DeadLetters for Queue {
    async fn bury(&self, message: &SqsMessage, reason: &str) -> Result<Buried, BoxError> {
        let letter = DeadLetter {
            body: message.body.clone().unwrap_or_default(),
            message_id: message.message_id.clone().unwrap_or_default(),
            reason: reason.to_owned(),
        };
        self.dead_letters.bury(&letter).await?;
        Ok(Buried::Moved)
    }
}

/// Hands every batch to the handler, with the moment by which it should be done, and tells Lambda
/// which of its messages are to be delivered again. What failed is captured, where that is wanted.
pub async fn serve_batches<F>(
    meter: Meter,
    capturer: Capturer,
    handler: impl Fn(SqsEvent, Instant) -> F + Clone + Send + 'static,
) -> Result<(), Error>
where
    F: Future<Output = Report> + Send + 'static,
{
    let answer = move |event: LambdaEvent<SqsEvent>| {
        let deadline = deadline(event.context.deadline, SystemClock.now());
        let line = BatchLine::of(&event.payload);
        let seen = capturer.see(&event.payload);
        let (meter, work) = (meter.clone(), handler(event.payload, deadline));
        async move {
            let report = line.tell(&meter, seen.around(work)).await;
            Ok::<SqsBatchResponse, Infallible>(report.response())
        }
    };
    serve(answer).await
}

/// `until` is in milliseconds since 1970, as Lambda says it.
fn deadline(until: u64, now: OffsetDateTime) -> Instant {
    let now = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let left = Duration::from_millis(until.saturating_sub(now));
    Instant::now() + left.saturating_sub(RESERVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_deadline_leaves_time_to_answer() {
        let now = OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(1_000);
        let started = Instant::now();
        let left = |until| deadline(until, now).duration_since(started).as_millis();
        assert_eq!(left(1_120_000), 112_000);
        assert_eq!(left(1_001_000), 0);
        assert_eq!(left(0), 0);
    }
}
