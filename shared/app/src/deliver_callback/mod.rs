//! Tells a task's submitter of its end by a signed webhook: at least once, as long as patience
//! lasts, and without any effect on the task.

mod fate;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use domain::Callback;
use domain::ports::{Clock, Entropy, PortError};
use protocol::webhook::WebhookBody;
use webhooks::{Attempt, MessageId, Schedule, Sender, Webhook};

pub use fate::{Fate, GivenUp, Told};

use crate::get_task::{GetTask, GetTaskError, TaskView};
use crate::webhook_secrets::WebhookSecrets;

/// Sends callbacks.
#[derive(Clone)]
pub struct DeliverCallback {
    /// The task that is told of.
    pub get_task: GetTask,
    /// What is signed with.
    pub secrets: WebhookSecrets,
    /// The way out, with the rules of where it may lead.
    pub sender: Sender,
    /// What signatures are dated by.
    pub clock: Arc<dyn Clock>,
    /// Makes jitter.
    pub entropy: Arc<dyn Entropy>,
}

/// When callbacks are tried again: ten attempts in about two days. It is the schedule of Standard
/// Webhooks as far as it goes, since no wait with its jitter may be longer than the 12 hours for
/// which SQS hides a message
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>).
pub fn schedule() -> Schedule {
    let nine_hours = Duration::from_hours(9);
    Schedule::new([
        Duration::from_secs(5),
        Duration::from_mins(5),
        Duration::from_mins(30),
        Duration::from_hours(2),
        Duration::from_hours(5),
        nine_hours,
        nine_hours,
        nine_hours,
        nine_hours,
    ])
}

/// Whether a webhook can be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum DeliverCallbackError {
    /// A store did not answer: nothing was sent.
    #[error(transparent)]
    Store(#[from] PortError),
    /// What is to be sent cannot be written.
    #[error("the webhook cannot be written")]
    Unwritable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl DeliverCallback {
    /// Makes one attempt, the `attempt`-th, counted from 1. Where there is nothing to tell, nothing
    /// is sent.
    pub async fn run(
        &self,
        callback: &Callback,
        attempt: u32,
    ) -> Result<Fate, DeliverCallbackError> {
        let view = self.get_task.run(&callback.tenant, callback.request_id);
        let view = match view.await {
            Ok(view) => view,
            Err(GetTaskError::NotFound(_)) => return Ok(Fate::NothingToTell),
            Err(GetTaskError::Store(error)) => return Err(error.into()),
        };
        let Some((url, body)) = compose(&view, callback.version) else {
            return Ok(Fate::NothingToTell);
        };
        let webhook = self.sign(callback, url, &body, attempt).await?;
        Ok(fate::of(self.send(&webhook).await))
    }

    async fn sign(
        &self,
        callback: &Callback,
        url: String,
        body: &WebhookBody,
        attempt: u32,
    ) -> Result<Webhook, DeliverCallbackError> {
        let unwritable = |error: Box<dyn std::error::Error + Send + Sync>| {
            DeliverCallbackError::Unwritable(error)
        };
        let secrets = self.secrets.of(&callback.tenant).await?;
        let payload = serde_json::to_vec(body).map_err(|error| unwritable(error.into()))?;
        Ok(Webhook {
            url,
            id: message_id(callback).map_err(|error| unwritable(error.into()))?,
            payload: payload.into(),
            secret: secrets.current,
            retiring: secrets.previous.into_iter().collect(),
            attempt,
        })
    }

    async fn send(&self, webhook: &Webhook) -> Attempt {
        let now = SystemTime::from(self.clock.now());
        // The low bits of a version 4 UUID are random.
        let random = self.entropy.random().as_u128() & u128::from(u32::MAX);
        let random = u32::try_from(random).unwrap_or_default();
        self.sender.send(webhook, now, random).await
    }
}

/// Where to, and what.
fn compose(view: &TaskView, version: u64) -> Option<(String, WebhookBody)> {
    let url = view.task.terms.callback_url.clone()?;
    let body = wire::webhook::body(&view.task, version, view.link.as_ref())?;
    Some((url, body))
}

/// The same at every attempt, and for every message that asks for the same: by it receivers know
/// what they have had.
fn message_id(callback: &Callback) -> Result<MessageId, webhooks::IdError> {
    MessageId::new(format!("{}_{}", callback.request_id, callback.version))
}
