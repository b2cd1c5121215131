//! Queues in SQS. Bodies are the JSON of `protocol::queue`; only why a message is a dead letter
//! travels in attributes, and its trace once more, as `AWSTraceHeader`, for X-Ray. A message's group
//! is its tenant.

mod broadcasts;
mod buried;
mod callbacks;
mod dead_letters;
mod depth;
mod desk;
mod gauges;
mod inbox;
mod letters;
mod outbox;
mod receipts;
mod source;
mod tasks;
mod updates;

pub use broadcasts::BroadcastSender;
pub use buried::BuriedLetters;
pub use callbacks::CallbackSender;
pub use dead_letters::DeadLetterSender;
pub use depth::QueueDepth;
pub use desk::LetterDesk;
pub use gauges::{QueueGauges, QueueUrls};
pub use inbox::PolledQueue;
pub use receipts::Receipts;
pub use source::RawSender;
pub use tasks::TaskSender;
pub use updates::UpdateSender;
