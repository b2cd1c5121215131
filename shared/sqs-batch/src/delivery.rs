//! One record as a handler sees it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lambda_events::sqs::SqsMessage;

/// A decoded record with what the queue says of this delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery<T> {
    /// What the record's body says.
    pub body: T,
    /// The same at every delivery of the message.
    pub message_id: String,
    /// The handle of this delivery, good for hiding it longer or shorter.
    pub receipt: String,
    /// How often it has been delivered, this time included. The queue counts approximately.
    pub receive_count: u32,
    /// Whose turn it takes: the order of a FIFO queue, the fairness of a standard one.
    pub group: Option<String>,
    /// When it was sent.
    pub sent_at: Option<SystemTime>,
    /// The X-Ray trace that it belongs to.
    pub trace: Option<String>,
}

impl<T> Delivery<T> {
    pub(crate) fn of(message: &SqsMessage, body: T) -> Self {
        let attribute = |name: &str| message.attributes.get(name);
        let number = |name: &str| attribute(name)?.parse::<u64>().ok();
        let received = number("ApproximateReceiveCount").unwrap_or(1);
        Self {
            body,
            message_id: message.message_id.clone().unwrap_or_default(),
            receipt: message.receipt_handle.clone().unwrap_or_default(),
            receive_count: u32::try_from(received).unwrap_or(u32::MAX).max(1),
            group: attribute("MessageGroupId").cloned(),
            sent_at: number("SentTimestamp").and_then(moment),
            trace: attribute("AWSTraceHeader").cloned(),
        }
    }
}

fn moment(millis: u64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read() {
        let message = serde_json::from_value::<SqsMessage>(serde_json::json!({
            "messageId": "m", "receiptHandle": "r",
            "attributes": {
                "ApproximateReceiveCount": "3",
                "SentTimestamp": "1700000000123",
                "MessageGroupId": "tenant",
                "AWSTraceHeader": "Root=1-2-3",
            },
        }));
        let delivery = Delivery::of(&message.unwrap(), ());
        let sent_at = UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
        let expected = Delivery {
            body: (),
            message_id: "m".into(),
            receipt: "r".into(),
            receive_count: 3,
            group: Some("tenant".into()),
            sent_at: Some(sent_at),
            trace: Some("Root=1-2-3".into()),
        };
        assert_eq!(delivery, expected);
    }

    #[test]
    fn missing_attributes_mean_a_first_delivery() {
        let delivery = Delivery::of(&SqsMessage::default(), ());
        assert_eq!((delivery.receive_count, delivery.sent_at), (1, None));
    }
}
