//! Queues in SQS. Bodies are the JSON of `protocol::queue`; nothing travels in attributes, and a
//! message's group is its tenant.

mod outbox;
mod receipts;
mod tasks;
mod updates;

pub use receipts::Receipts;
pub use tasks::TaskSender;
pub use updates::UpdateSender;
