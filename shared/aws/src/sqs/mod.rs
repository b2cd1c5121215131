//! Queues in SQS. Bodies are the JSON of `protocol::queue`; nothing travels in attributes.

mod broadcasts;
mod outbox;
mod receipts;
mod tasks;
mod updates;

pub use broadcasts::BroadcastSender;
pub use receipts::Receipts;
pub use tasks::TaskSender;
pub use updates::UpdateSender;

use outbox::Outbox;
