//! Queues in SQS. Bodies are the JSON of `protocol::queue`; only why a message is a dead letter
//! travels in attributes, and its trace once more, as `AWSTraceHeader`, for X-Ray. A message's group
//! is its tenant.

mod broadcasts;
mod buried;
mod callbacks;
mod dead_letters;
mod gauges;
mod inbox;
mod outbox;
mod receipts;
mod sources;
mod tasks;
mod updates;
mod urls;

pub use broadcasts::BroadcastSender;
pub use buried::BuriedLetters;
pub use callbacks::CallbackSender;
pub use dead_letters::DeadLetterSender;
pub use gauges::QueueGauges;
pub use inbox::PolledQueue;
pub use receipts::Receipts;
pub use sources::RawSender;
pub use tasks::TaskSender;
pub use updates::UpdateSender;
pub use urls::QueueUrls;
