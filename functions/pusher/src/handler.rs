//! A batch of updates in, those to be pushed again out.

use std::convert::Infallible;

use app::PushUpdates;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::causes;
use domain::ports::Announcement;

/// Pushes the updates that messages hold.
pub(crate) struct Pusher {
    /// Pushes a batch.
    pub(crate) push_updates: PushUpdates,
}

impl Pusher {
    /// Pushes the batch as a whole, since a newer update in it may overtake an older one. What
    /// cannot be read or pushed is named in the answer; the queue delivers it again, and moves it
    /// to the dead letters when it has been delivered often enough.
    pub(crate) async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Infallible> {
        let mut ids = Vec::new();
        let mut announcements = Vec::new();
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            match read(&message) {
                Some(announcement) => {
                    ids.push(message.message_id.unwrap_or_default());
                    announcements.push(announcement);
                }
                None => response.add_failure(message.message_id.unwrap_or_default()),
            }
        }
        let outcomes = self.push_updates.run(&announcements).await;
        for (id, outcome) in ids.into_iter().zip(outcomes) {
            if let Err(error) = outcome {
                tracing::warn!(message.id = id, error = causes(&error), "not pushed to all");
                response.add_failure(id);
            }
        }
        Ok(response)
    }
}

fn read(message: &SqsMessage) -> Option<Announcement> {
    let body = message.body.as_deref().unwrap_or_default();
    match wire::queue::read_update(body) {
        Ok(announcement) => Some(announcement),
        Err(error) => {
            let id = message.message_id.as_deref();
            tracing::error!(
                message.id = id,
                error = causes(&error),
                "unreadable message"
            );
            None
        }
    }
}

#[cfg(test)]
mod tests;
