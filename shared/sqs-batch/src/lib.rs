#![doc = include_str!("../README.md")]

mod batch;
mod dead_letters;
mod delivery;
mod guarded;
mod heartbeat;
mod lane;
mod outcome;
mod poll;
mod report;
mod run;
mod settle;
mod together;
mod visibility;

pub use batch::{Batch, process};
pub use dead_letters::{Buried, ByRedrive, DeadLetters};
pub use delivery::Delivery;
pub use heartbeat::{Beat, Heartbeat, Held};
pub use outcome::Outcome;
pub use poll::{Inbox, Poll, Pulse};
pub use report::{End, Report, Settled};
pub use retry::{Backoff, Failure, Jitter, Retry, RetryPolicy};
pub use visibility::{LONGEST_WAIT, Untouched, Visibility, whole_seconds};

/// What an adapter's client says when a call fails.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
