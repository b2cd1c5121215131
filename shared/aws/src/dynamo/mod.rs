//! Ports kept in `DynamoDB`.
//!
//! Every item carries `v`, the version of its layout (`layout` refuses later ones), and `expires_at`, the second from which
//! `DynamoDB` may delete it. That can take days, so every read checks it again.

mod audience;
mod census;
mod connections;
mod contention;
mod due;
mod expired;
mod expiry;
mod frame_meter;
mod heartbeats;
mod idempotency;
mod lanes;
mod layout;
mod rates;
#[cfg(test)]
mod recorded;
mod spending;
mod stale;
mod submissions;
mod subscriptions;
mod tasks;
mod tickets;
mod write_batch;

pub use connections::Connections;
pub use heartbeats::Heartbeats;
pub use idempotency::IdempotencyKeys;
pub use lanes::LaneTable;
pub use rates::Rates;
pub use spending::SpendTable;
pub use submissions::{SubmissionKeys, Submissions};
pub use tasks::Tasks;
pub use tickets::Tickets;

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use retry::Backoff;

use layout::LAYOUT;

/// An item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Writes that meet others, or a busy table, are sent again after waits that double.
const CONTENDED: Backoff = Backoff {
    base: Duration::from_millis(20),
    cap: Duration::from_secs(1),
    attempts: 6,
};

fn text(text: &(impl ToString + ?Sized)) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

fn number(number: &impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
