//! Failures that say whether trying again can help.

use std::error::Error;
use std::time::Duration;

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Retry {
    /// Never: bad input or a defect.
    Permanent,
    /// Perhaps, after a while: a store was away, a call was throttled.
    Transient,
    /// Perhaps, but not before this long: somebody said when to come back.
    NotBefore(Duration),
}

impl Retry {
    /// Whether trying again may help.
    pub fn may_help(self) -> bool {
        self != Self::Permanent
    }
}

/// An error that says whether trying again can help. What it displays, with its sources, is the reason given
/// where nobody tries again.
pub trait Failure: Error {
    /// Whether trying again can help.
    fn retry(&self) -> Retry;
}
