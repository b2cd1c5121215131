//! Why a task did not succeed, and whether trying again can help.

use std::time::Duration;

pub use retry::Retry;
use serde::{Deserialize, Serialize};

/// A failure that a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Failure {
    /// Stable, for programs: lower-case words joined by `_`.
    pub code: String,
    /// For people: what was wrong, where, what to do. Holds no secret.
    pub message: String,
    /// Whether trying again can help.
    pub retry: Retry,
}

impl Failure {
    /// A failure that trying again cannot mend: bad input or a defect. The task ends at once.
    pub fn permanent(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            retry: Retry::Permanent,
        }
    }

    /// A failure that may pass by itself.
    pub fn transient(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            retry: Retry::Transient,
        }
    }

    /// A failure that may pass, but not before this long: a service said when to come back.
    pub fn not_before(
        least: Duration,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            retry: Retry::NotBefore(least),
        }
    }
}

impl retry::Failure for Failure {
    fn retry(&self) -> Retry {
        self.retry
    }
}
