//! Failures that say whether trying again can help.

use std::fmt::Display;
use std::time::Duration;

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Never: bad input or a defect.
    Permanent,
    /// Perhaps, after a while.
    Transient,
    /// Perhaps, but not before this long: somebody said when to come back.
    NotBefore(Duration),
}

/// An error of a handler. What it displays becomes the reason of a dead letter.
pub trait Failure: Display {
    /// Whether trying again can help.
    fn retry(&self) -> Retry;
}
