//! What the log says of a batch: one line, with a note for each message that is not simply handled.

use std::collections::BTreeSet;
use std::time::Instant;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use domain::Trace;
use metrics::Meter;
use serde::Deserialize;
use sqs_batch::{End, Report, Settled};

use crate::lines::SUMMARY;

/// A batch that is being handled. It leaves one line that says what became of it, and what the meter
/// has collected meanwhile.
pub struct BatchLine {
    started: Instant,
    /// The tasks that it is about, joined by commas.
    tasks: String,
    /// The traces that it belongs to, joined by commas.
    traces: String,
    /// How often its most delivered message has been delivered.
    receives: u32,
}

/// What a message's body may say of itself, whichever it is.
#[derive(Default, Deserialize)]
struct Named {
    request_id: Option<String>,
    trace: Option<Trace>,
}

/// How many records ended how.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    done: usize,
    retried: usize,
    dead_letters: usize,
    panicked: usize,
    out_of_time: usize,
}

impl BatchLine {
    /// Begins now.
    pub fn of(event: &SqsEvent) -> Self {
        let named: Vec<_> = event.records.iter().map(named).collect();
        let records = event.records.iter();
        let traces = records
            .zip(&named)
            .filter_map(|(record, named)| named.trace.or_else(|| header(record)));
        let receives = event.records.iter().map(receives);
        Self {
            started: Instant::now(),
            tasks: distinct(named.iter().filter_map(|named| named.request_id.clone())),
            traces: distinct(traces.map(|trace| trace.id())),
            receives: receives.max().unwrap_or_default(),
        }
    }

    /// Waits for the work, which is the batch's, and tells of it.
    pub async fn tell(self, meter: &Meter, work: impl Future<Output = Report>) -> Report {
        let told = async {
            let report = work.await;
            let (come_back, dead_letters) = self.log(&report);
            meter.batch(come_back, dead_letters);
            report
        };
        meter.around(told).await
    }

    /// Gives how many records come back, and how many became dead letters.
    fn log(&self, report: &Report) -> (usize, usize) {
        report.records.iter().for_each(log);
        let counts = Counts::of(report);
        tracing::info!(
            target: SUMMARY,
            {
                batch.records = report.records.len(),
                batch.done = counts.done,
                batch.retried = counts.retried,
                batch.dead_letters = counts.dead_letters,
                batch.panicked = counts.panicked,
                batch.out_of_time = counts.out_of_time,
                batch.receives = self.receives,
                task.ids = self.tasks,
                trace.ids = self.traces,
                duration_ms = self.started.elapsed().as_secs_f64() * 1_000.0,
            },
            "handled"
        );
        let come_back = report.response().batch_item_failures.len();
        (come_back, counts.dead_letters)
    }
}

fn distinct(names: impl Iterator<Item = String>) -> String {
    let names: BTreeSet<String> = names.collect();
    names.into_iter().collect::<Vec<_>>().join(",")
}

/// A body that is nothing of ours names nothing.
fn named(message: &SqsMessage) -> Named {
    let body = message.body.as_deref().unwrap_or_default();
    serde_json::from_str(body).unwrap_or_default()
}

/// The trace as the queue itself knows it.
fn header(message: &SqsMessage) -> Option<Trace> {
    Trace::from_xray(message.attributes.get("AWSTraceHeader")?)
}

fn receives(message: &SqsMessage) -> u32 {
    let count = message.attributes.get("ApproximateReceiveCount");
    count.and_then(|count| count.parse().ok()).unwrap_or(1)
}

impl Counts {
    fn of(report: &Report) -> Self {
        let mut counts = Self::default();
        for record in &report.records {
            *match record.end {
                End::Done => &mut counts.done,
                End::Retry(_) | End::Behind => &mut counts.retried,
                End::DeadLetter { .. } | End::Poison { .. } => &mut counts.dead_letters,
                End::Panicked { .. } => &mut counts.panicked,
                End::OutOfTime => &mut counts.out_of_time,
            } += 1;
        }
        counts
    }
}

fn log(record: &Settled) {
    let Settled {
        message_id,
        end,
        fault,
    } = record;
    match end {
        End::Done => return,
        End::Retry(wait) => {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(message.id = message_id, wait_ms, "comes back");
        }
        End::DeadLetter { reason, moved } | End::Poison { reason, moved } => {
            tracing::error!(message.id = message_id, reason, moved, "a dead letter");
        }
        End::Panicked { message } => {
            tracing::error!(message.id = message_id, reason = message, "panicked");
        }
        End::OutOfTime => tracing::error!(message.id = message_id, "not done in time"),
        End::Behind => tracing::info!(message.id = message_id, "waits for one before it"),
    }
    if let Some(fault) = fault {
        let error = domain::causes(fault.as_ref());
        // It comes back all the same, when its present hiding ends.
        tracing::warn!(message.id = message_id, error, "the queue was not told");
    }
}

#[cfg(test)]
mod tests {
    use sqs_batch::{Batch, Delivery, Outcome};

    use super::*;

    #[tokio::test]
    async fn a_batch_is_told_by_its_tasks_and_ends() {
        let event: SqsEvent = serde_json::from_value(serde_json::json!({"Records": [
            {"messageId": "1", "body": r#"{"request_id":"b"}"#},
            {"messageId": "2", "body": r#"{"request_id":"a","trace":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}"#,
                "attributes": {"ApproximateReceiveCount": "3"}},
            {"messageId": "3", "body": r#"{"request_id":"b"}"#,
                "attributes": {"AWSTraceHeader": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"}},
            {"messageId": "4", "body": "?"},
        ]}))
        .unwrap();
        let line = BatchLine::of(&event);
        assert_eq!((line.tasks.as_str(), line.receives), ("a,b", 3));
        let traces = "4bf92f3577b34da6a3ce929d0e0e4736,5759e988bd862e3fe1be46a994272793";
        assert_eq!(line.traces, traces);

        let decode = |message: &SqsMessage| match message.body.as_deref() {
            Some("?") => Err("what?"),
            _ => Ok(()),
        };
        let handle = |delivery: Delivery<()>| async move {
            match delivery.receive_count {
                3 => Outcome::RetryAfter(std::time::Duration::ZERO),
                _ => Outcome::Done,
            }
        };
        let report = Batch::new(1).run(event, decode, handle).await;
        let expected = Counts {
            done: 2,
            retried: 1,
            dead_letters: 1,
            ..Counts::default()
        };
        assert_eq!(Counts::of(&report), expected);
        assert_eq!(line.log(&report), (2, 1));
    }
}
