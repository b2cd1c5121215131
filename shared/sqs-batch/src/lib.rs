#![doc = include_str!("../README.md")]

mod batch;
mod dead_letters;
mod delivery;
mod failure;
mod guarded;
mod heartbeat;
mod jitter;
mod lane;
mod outcome;
mod policy;
mod report;
mod run;
mod settle;
mod visibility;

pub use batch::{Batch, process};
pub use dead_letters::{Buried, ByRedrive, DeadLetters};
pub use delivery::Delivery;
pub use failure::{Failure, Retry};
pub use heartbeat::{Beat, Heartbeat, Held};
pub use jitter::Jitter;
pub use outcome::Outcome;
pub use policy::{Backoff, LONGEST_WAIT, RetryPolicy};
pub use report::{End, Report, Settled};
pub use visibility::{Untouched, Visibility};

/// What an adapter's client says when a call fails.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
