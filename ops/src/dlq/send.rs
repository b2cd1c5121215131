//! Sends one letter on its way.

use app::dead_letters::{NotSent, Sent};
use app::retry_task::RetryTaskError;
use domain::dead_letters::DeadQueue;
use domain::ports::PortError;
use serde::Serialize;

use super::triage::Triage;

/// Why a letter is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{code}: {message}")]
pub struct Kept {
    /// Stable, for programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl Kept {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }
}

impl From<PortError> for Kept {
    fn from(error: PortError) -> Self {
        Self::new("unavailable", domain::causes(&error))
    }
}

impl From<RetryTaskError> for Kept {
    fn from(error: RetryTaskError) -> Self {
        let code = match error {
            RetryTaskError::NotFound(_) => "task_not_found",
            RetryTaskError::Overdue(_) => "overdue",
            RetryTaskError::NotRetriable(_) => "not_retriable",
            RetryTaskError::Paused(_) => "paused",
            RetryTaskError::Store(error) => return error.into(),
        };
        Self::new(code, error.to_string())
    }
}

impl From<NotSent> for Kept {
    fn from(error: NotSent) -> Self {
        match error {
            NotSent::Unreadable(problem) => {
                let problem = domain::causes(&problem);
                let hint = "mend it by `ops dlq edit`";
                Self::new("unreadable_message", format!("{problem}; {hint}"))
            }
            NotSent::Task(error) => error.into(),
            NotSent::Port(error) => error.into(),
        }
    }
}

/// Sends a body of this queue on its way again, after checking that somebody can read it. It can be
/// repeated: a message too many changes nothing.
pub async fn send(triage: &Triage, queue: DeadQueue, body: &str) -> Result<Sent, Kept> {
    Ok(triage.redrive.run(queue, body).await?)
}
