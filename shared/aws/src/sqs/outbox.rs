//! Sending, one message or many at once.

use std::collections::HashMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
    SendMessageBatchRequestEntry,
};
use aws_smithy_types::error::operation::BuildError;
use domain::ports::PortError;
use domain::{TenantId, Trace};
use futures::future::join_all;
use serde::Serialize;
use time::Duration;

use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

/// What SQS knows of a message beside its body and its group.
type SystemAttributes = HashMap<MessageSystemAttributeNameForSends, MessageSystemAttributeValue>;

/// Most messages in one call
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>).
const MOST_IN_BATCH: usize = 10;

/// Longest delay of a message, by the same page.
const LONGEST_DELAY: Duration = Duration::minutes(15);

/// A message, whose it is, and when it is to arrive.
#[derive(Debug)]
pub(super) struct Parcel<M> {
    /// What is sent, as JSON.
    pub(super) body: M,
    /// Its message group. A standard queue with groups is a fair queue: while one group's backlog
    /// waits, messages of the others are delivered first
    /// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html>).
    /// Every valid tenant is a valid group.
    pub(super) tenant: Option<TenantId>,
    /// Nobody gets it before this is over; at most [`LONGEST_DELAY`].
    pub(super) delay: Duration,
    /// What X-Ray finds it by, and who receives it without reading its body.
    pub(super) trace: Option<Trace>,
}

/// A message that can be sent.
#[derive(Debug)]
struct Sealed {
    body: String,
    group: Option<String>,
    /// Seconds.
    delay: i32,
    system: Option<SystemAttributes>,
}

/// One queue to send to.
#[derive(Debug, Clone)]
pub(super) struct Outbox {
    client: Lazy<Client>,
    url: String,
    what: &'static str,
}

/// SQS took others of a batch, but not this one.
#[derive(Debug, thiserror::Error)]
#[error("the message was not taken: {code}: {message}")]
struct NotTaken {
    code: String,
    message: String,
}

/// SQS said nothing of a message.
#[derive(Debug, thiserror::Error)]
#[error("the answer does not mention the message")]
struct NotMentioned;

impl Outbox {
    pub(super) fn new(sdk: &Sdk, url: impl Into<String>, what: &'static str) -> Self {
        Self {
            client: sdk.sqs(),
            url: url.into(),
            what,
        }
    }

    pub(super) async fn send(&self, parcel: &Parcel<impl Serialize>) -> Result<(), PortError> {
        let Sealed {
            body,
            group,
            delay,
            system,
        } = seal(self.what, parcel)?;
        let message = self.client.send_message().queue_url(&self.url);
        let message = message.message_body(body).delay_seconds(delay);
        let message = message.set_message_group_id(group);
        let message = message.set_message_system_attributes(system);
        let sent = message.send().await;
        sent.map(drop).map_err(|error| port_error(self.what, error))
    }

    /// Sends all, several calls at once, and gives one outcome for each, in their order.
    pub(super) async fn send_all<M: Serialize>(
        &self,
        parcels: impl IntoIterator<Item = Parcel<M>>,
    ) -> Vec<Result<(), PortError>> {
        let sealed: Vec<_> = parcels
            .into_iter()
            .map(|parcel| seal(self.what, &parcel))
            .collect();
        let mut outcomes = Vec::with_capacity(sealed.len());
        let (mut sendable, mut places) = (vec![], vec![]);
        for (place, sealed) in sealed.into_iter().enumerate() {
            outcomes.push(sealed.map(|sealed| {
                sendable.push(sealed);
                places.push(place);
            }));
        }
        let batches = sendable.chunks(MOST_IN_BATCH);
        let sent = join_all(batches.map(|few| self.send_few(few))).await;
        for (place, outcome) in places.into_iter().zip(sent.into_iter().flatten()) {
            outcomes[place] = outcome;
        }
        outcomes
    }

    async fn send_few(&self, few: &[Sealed]) -> Vec<Result<(), PortError>> {
        match self.call(few).await {
            Ok(answer) => self.outcomes(few.len(), &answer),
            Err(error) => self.same_for_all(few.len(), error),
        }
    }

    async fn call(&self, few: &[Sealed]) -> Result<SendMessageBatchOutput, PortError> {
        let entries = few.iter().enumerate().map(entry);
        let entries: Result<Vec<_>, _> = entries.collect();
        let entries = entries.map_err(|error| PortError::broken(self.what, error))?;
        let batch = self.client.send_message_batch().queue_url(&self.url);
        let sent = batch.set_entries(Some(entries)).send().await;
        sent.map_err(|error| port_error(self.what, error))
    }

    fn outcomes(
        &self,
        count: usize,
        answer: &SendMessageBatchOutput,
    ) -> Vec<Result<(), PortError>> {
        let place = |id: &str| id.parse::<usize>().ok().filter(|place| *place < count);
        let unsaid = || Err(PortError::unavailable(self.what, NotMentioned));
        let mut outcomes: Vec<_> = (0..count).map(|_| unsaid()).collect();
        for taken in answer.successful() {
            if let Some(place) = place(taken.id()) {
                outcomes[place] = Ok(());
            }
        }
        for failed in answer.failed() {
            if let Some(place) = place(failed.id()) {
                outcomes[place] = Err(self.refused(failed));
            }
        }
        outcomes
    }

    fn refused(&self, failed: &BatchResultErrorEntry) -> PortError {
        let cause = NotTaken {
            code: failed.code().into(),
            message: failed.message().unwrap_or_default().into(),
        };
        if failed.sender_fault() {
            PortError::broken(self.what, cause)
        } else {
            PortError::unavailable(self.what, cause)
        }
    }

    /// The whole call failed. The first keeps the error, the others its words.
    fn same_for_all(&self, count: usize, error: PortError) -> Vec<Result<(), PortError>> {
        let words = domain::causes(&error);
        let lasting = matches!(error, PortError::Broken { .. });
        let others = (1..count).map(|_| {
            let words = words.clone();
            Err(if lasting {
                PortError::broken(self.what, words)
            } else {
                PortError::unavailable(self.what, words)
            })
        });
        let others: Vec<_> = others.collect();
        std::iter::once(Err(error)).chain(others).collect()
    }
}

/// `what` is the queue's name in errors.
fn seal(what: &'static str, parcel: &Parcel<impl Serialize>) -> Result<Sealed, PortError> {
    let body = serde_json::to_string(&parcel.body);
    let system = parcel.trace.map(system).transpose();
    Ok(Sealed {
        body: body.map_err(|error| PortError::broken(what, error))?,
        group: parcel.tenant.as_ref().map(ToString::to_string),
        delay: delay_seconds(parcel.delay),
        system: system.map_err(|error| PortError::broken(what, error))?,
    })
}

fn system(trace: Trace) -> Result<SystemAttributes, BuildError> {
    let value = MessageSystemAttributeValue::builder()
        .data_type("String")
        .string_value(trace.to_xray())
        .build()?;
    let name = MessageSystemAttributeNameForSends::AwsTraceHeader;
    Ok(HashMap::from([(name, value)]))
}

/// Whole seconds, rounded up, within what SQS takes.
fn delay_seconds(delay: Duration) -> i32 {
    let delay = delay.clamp(Duration::ZERO, LONGEST_DELAY);
    let started = i64::from(delay.subsec_nanoseconds() > 0);
    i32::try_from(delay.whole_seconds() + started).unwrap_or_default()
}

fn entry((place, sealed): (usize, &Sealed)) -> Result<SendMessageBatchRequestEntry, BuildError> {
    SendMessageBatchRequestEntry::builder()
        .id(place.to_string())
        .message_body(&sealed.body)
        .delay_seconds(sealed.delay)
        .set_message_group_id(sealed.group.clone())
        .set_message_system_attributes(sealed.system.clone())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_in_a_batch_has_the_trace_beside_its_body() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let xray = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1";
        for (trace, shown) in [(parent.parse().ok(), Some(xray)), (None, None)] {
            let parcel = Parcel {
                body: "hello",
                tenant: None,
                delay: Duration::ZERO,
                trace,
            };
            let sealed = seal("queue", &parcel).unwrap();
            let entry = entry((0, &sealed)).unwrap();
            let system = entry.message_system_attributes();
            let header = system.and_then(|all| {
                all.get(&MessageSystemAttributeNameForSends::AwsTraceHeader)?
                    .string_value()
            });
            assert_eq!(header, shown);
        }
    }

    #[test]
    fn delays_are_rounded_up_and_bounded() {
        let cases = [
            (Duration::seconds(-1), 0),
            (Duration::ZERO, 0),
            (Duration::milliseconds(1), 1),
            (Duration::seconds(30), 30),
            (Duration::HOUR, 900),
        ];
        for (delay, seconds) in cases {
            assert_eq!(delay_seconds(delay), seconds, "{delay}");
        }
    }
}
