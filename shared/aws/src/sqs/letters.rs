//! Takes up messages that nobody could handle.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use domain::ports::{HeldLetter, PortError};
use time::{Duration, OffsetDateTime};

use crate::error::port_error;

pub(super) const QUEUE: &str = "dead-letter queue";

/// Most messages in one call, of any kind
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>).
pub(super) const MOST_AT_ONCE: usize = 10;

/// Seconds that one call waits for letters. With any wait at all SQS asks all of its servers, and
/// without one only some, which would leave letters out.
const WAIT_SECONDS: i32 = 1;

/// One call: some letters of the queue, hidden from everybody else for this long.
pub(super) async fn receive(
    client: &Client,
    url: &str,
    most: usize,
    hidden: Duration,
) -> Result<Vec<HeldLetter>, PortError> {
    let call = client.receive_message().queue_url(url);
    let received = call
        .max_number_of_messages(whole(most.clamp(1, MOST_AT_ONCE)))
        .visibility_timeout(whole(hidden.whole_seconds().max(1)))
        .wait_time_seconds(WAIT_SECONDS)
        .message_attribute_names("reason")
        .message_attribute_names("original_message_id")
        .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
        .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
        .send()
        .await
        .map_err(|error| port_error(QUEUE, error))?;
    Ok(received.messages.into_iter().flatten().map(held).collect())
}

fn whole(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

fn held(message: Message) -> HeldLetter {
    let attribute = |name: &str| {
        let value = message.message_attributes.as_ref()?.get(name)?;
        value.string_value.clone()
    };
    let system = |name: MessageSystemAttributeName| {
        let value = message.attributes.as_ref()?.get(&name)?;
        value.parse::<i64>().ok()
    };
    let sent = system(MessageSystemAttributeName::SentTimestamp).unwrap_or_default();
    let sent = OffsetDateTime::from_unix_timestamp_nanos(i128::from(sent) * 1_000_000);
    let receives = system(MessageSystemAttributeName::ApproximateReceiveCount);
    HeldLetter {
        reason: attribute("reason"),
        original_id: attribute("original_message_id"),
        sent_at: sent.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        receives: receives
            .and_then(|count| count.try_into().ok())
            .unwrap_or(1),
        id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    }
}
