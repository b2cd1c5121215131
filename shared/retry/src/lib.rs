#![doc = include_str!("../README.md")]

mod backoff;
mod failure;
mod jitter;
mod policy;

pub use backoff::Backoff;
pub use failure::{Failure, Retry};
pub use jitter::Jitter;
pub use policy::RetryPolicy;
