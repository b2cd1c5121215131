//! Sends one letter on its way.

use app::redrive_task::{RedriveTaskError, Redriven};
use domain::ports::PortError;
use domain::{Status, Task};
use serde::Serialize;

use super::letter::About;
use super::office::Office;
use super::queue::QueueName;

/// What became of a letter that is needed no more.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// Its task is on its way, and can be watched.
    Task(Box<Task>),
    /// Its message is on its way.
    Message,
    /// Its task has ended since, and there is nothing to send.
    Settled(Status),
}

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

impl From<RedriveTaskError> for Kept {
    fn from(error: RedriveTaskError) -> Self {
        match error {
            RedriveTaskError::NotFound(_) => Self::new("task_not_found", error.to_string()),
            RedriveTaskError::Overdue(_) => Self::new("overdue", error.to_string()),
            RedriveTaskError::Port(error) => error.into(),
        }
    }
}

/// Sends a body of this queue on its way again, after checking that somebody can read it. It can be
/// repeated: a message too many changes nothing.
pub async fn send(office: &Office, name: QueueName, body: &str) -> Result<Sent, Kept> {
    let about = About::read(name, body);
    let about = about.map_err(|problem| {
        let hint = "mend it by `ops dlq edit`";
        Kept::new("unreadable_message", format!("{problem}; {hint}"))
    })?;
    if let (QueueName::Tasks, Some(tenant), Some(id)) = (name, &about.tenant, about.request_id) {
        return Ok(match office.redrive.run(tenant, id).await? {
            Redriven::Sent(task) => Sent::Task(task),
            Redriven::Settled(status) => Sent::Settled(status),
        });
    }
    match office.queue(name) {
        Some(queue) => {
            queue.source.send(body, about.tenant.as_ref()).await?;
            Ok(Sent::Message)
        }
        None => Err(Kept::new(
            "no_such_queue",
            format!("there is no queue {name}"),
        )),
    }
}
