//! The messages that a worker has in hand.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use domain::ports::{Deliveries, PortError};
use time::Duration;

use crate::Sdk;
use crate::error::port_error;

const QUEUE: &str = "task queue";

/// SQS hides a message for at most 12 hours
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>),
/// counted from its delivery; the margin is for the time since then.
const LONGEST: Duration = Duration::seconds(12 * 3_600 - 15 * 60);

/// Hides and shows messages that a queue has delivered.
#[derive(Debug, Clone)]
pub struct Receipts {
    client: Client,
    url: String,
}

impl Receipts {
    /// Works on deliveries of the queue with this URL.
    pub fn new(sdk: &Sdk, queue_url: impl Into<String>) -> Self {
        Self {
            client: Client::new(&sdk.config),
            url: queue_url.into(),
        }
    }
}

#[async_trait]
impl Deliveries for Receipts {
    async fn hide(&self, receipt: &str, length: Duration) -> Result<(), PortError> {
        let change = self.client.change_message_visibility();
        let sent = change
            .queue_url(&self.url)
            .receipt_handle(receipt)
            .visibility_timeout(whole_seconds(length))
            .send()
            .await;
        sent.map(drop).map_err(|error| port_error(QUEUE, error))
    }
}

/// Whole seconds, rounded up so that a message never returns early, within what SQS takes.
fn whole_seconds(length: Duration) -> i32 {
    let length = length.clamp(Duration::ZERO, LONGEST);
    let started = i64::from(length.subsec_nanoseconds() > 0);
    i32::try_from(length.whole_seconds() + started).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_up_and_bounded() {
        let cases = [
            (Duration::seconds(-1), 0),
            (Duration::ZERO, 0),
            (Duration::milliseconds(1), 1),
            (Duration::seconds(30), 30),
            (Duration::milliseconds(30_001), 31),
            (Duration::hours(24), 42_300),
        ];
        for (length, seconds) in cases {
            assert_eq!(whole_seconds(length), seconds, "{length}");
        }
    }
}
