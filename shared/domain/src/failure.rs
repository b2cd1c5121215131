//! Why a task did not succeed, and whether trying again can help.

use serde::{Deserialize, Serialize};

/// Whether running the task again could succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Never: bad input or a bug. The task ends at once.
    Permanent,
    /// Perhaps: a store was away, a call was throttled. The message is delivered again.
    Transient,
}

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
    /// A failure that trying again cannot mend.
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
}
