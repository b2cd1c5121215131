//! One failed record, as it is kept.

use aws_lambda_events::sqs::{SqsMessage, SqsMessageAttribute};
use domain::capture::{CapturedEnd, CapturedRecord, SCRUBBED, Scrub, code_of};
use serde_json::{Map, Value, json};
use sqs_batch::End;

use super::Settled;

/// How it ended. A handler's reasons hold no secrets, and are sent on with dead letters anyway; what a decoder or a
/// panic says may quote the data, so only its code is kept. The log has the words.
pub(super) fn ended(settled: &Settled) -> CapturedRecord {
    let (end, reason, quotes) = match &settled.end {
        // Nobody asks for those that are done.
        End::Done | End::Retry(_) => (CapturedEnd::Retry, None, false),
        End::DeadLetter { reason, .. } => (CapturedEnd::DeadLetter, Some(reason), false),
        End::Poison { reason, .. } => (CapturedEnd::Unreadable, Some(reason), true),
        End::Panicked { .. } => (CapturedEnd::Panicked, None, true),
        End::OutOfTime => (CapturedEnd::OutOfTime, None, false),
        End::Behind => (CapturedEnd::Behind, None, false),
    };
    let code = reason.and_then(|reason| code_of(reason));
    CapturedRecord {
        message_id: settled.message_id.clone(),
        end,
        code: code.unwrap_or(end.name()).to_owned(),
        reason: reason.filter(|_| !quotes).cloned(),
        comes_back: !settled.end.is_acknowledged(),
    }
}

/// The record as Lambda hands it over, without what is personal. Its receipt is not the real one: nobody who replays it
/// can hide or delete the message that is in the queue.
pub(super) fn scrubbed(scrub: &Scrub, place: usize, message: &SqsMessage) -> Value {
    let attributes = message.attributes.iter();
    let attributes: Map<String, Value> = attributes
        .map(|(name, value)| (name.clone(), scrub.attribute(name, value).into()))
        .collect();
    let custom = message.message_attributes.iter();
    let custom: Map<String, Value> = custom
        .map(|(name, value)| (name.clone(), attribute(scrub, name, value)))
        .collect();
    let mut record = json!({
        "messageId": message.message_id,
        "receiptHandle": format!("captured-{place}"),
        "body": scrub.body(message.body.as_deref().unwrap_or_default()),
        "attributes": attributes,
        "messageAttributes": custom,
    });
    for (name, value) in [
        ("eventSource", &message.event_source),
        ("eventSourceARN", &message.event_source_arn),
        ("awsRegion", &message.aws_region),
    ] {
        if let Some(value) = value {
            record[name] = json!(value);
        }
    }
    record
}

/// Bytes can hold anything.
fn attribute(scrub: &Scrub, name: &str, value: &SqsMessageAttribute) -> Value {
    let text = match &value.string_value {
        Some(text) => scrub.attribute(name, text),
        None => SCRUBBED.into(),
    };
    let data_type = match (&value.string_value, &value.data_type) {
        (Some(_), Some(data_type)) => data_type,
        _ => "String",
    };
    json!({"stringValue": text, "dataType": data_type})
}
