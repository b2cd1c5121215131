//! A batch of messages in, those to be pushed again out.

use std::convert::Infallible;

use app::{PushBroadcast, PushUpdates};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::broadcast::Part;
use domain::causes;
use domain::ports::Announcement;
use futures::future::join_all;
use tokio::join;
use wire::queue::{Push, read_push};

/// Pushes what messages hold.
pub(crate) struct Pusher {
    /// Pushes a batch of updates.
    pub(crate) push_updates: PushUpdates,
    /// Pushes one part of a broadcast.
    pub(crate) push_broadcast: PushBroadcast,
}

/// What a batch holds, each with the id of its message.
#[derive(Default)]
struct Batch {
    update_ids: Vec<String>,
    updates: Vec<Announcement>,
    parts: Vec<(String, Part)>,
    unreadable: Vec<String>,
}

impl Pusher {
    /// Pushes updates as a whole, since a newer one may overtake an older one, and beside them every
    /// part of a broadcast by itself. What cannot be read or pushed is named in the answer; the
    /// queue delivers it again, and moves it to the dead letters when it has been delivered often
    /// enough.
    pub(crate) async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Infallible> {
        let mut batch = Batch::default();
        for message in event.records {
            batch.take(message);
        }
        let parts = batch.parts.iter().map(|(id, part)| self.part(id, part));
        let (updates, parts) = join!(
            self.updates(&batch.update_ids, &batch.updates),
            join_all(parts)
        );
        let mut response = SqsBatchResponse::default();
        let failed = updates.into_iter().chain(parts.into_iter().flatten());
        for id in failed.chain(batch.unreadable) {
            response.add_failure(id);
        }
        Ok(response)
    }

    /// Gives the messages to be delivered again.
    async fn updates(&self, ids: &[String], updates: &[Announcement]) -> Vec<String> {
        let outcomes = self.push_updates.run(updates).await;
        let mut failed = vec![];
        for (id, outcome) in ids.iter().zip(outcomes) {
            if let Err(error) = outcome {
                tracing::warn!(message.id = id, error = causes(&error), "not pushed to all");
                failed.push(id.clone());
            }
        }
        failed
    }

    async fn part(&self, id: &str, part: &Part) -> Option<String> {
        let broadcast_id = part.broadcast.id;
        match self.push_broadcast.run(part).await {
            Ok(pushed) => {
                tracing::info!(
                    broadcast.id = %broadcast_id, broadcast.reached = pushed.reached,
                    broadcast.gone = pushed.gone, broadcast.later = pushed.later,
                    broadcast.given_up = pushed.given_up, broadcast.continued = pushed.continued,
                    "part pushed"
                );
                None
            }
            Err(error) => {
                tracing::warn!(
                    message.id = id, broadcast.id = %broadcast_id, error = causes(&error),
                    "part not pushed"
                );
                Some(id.to_owned())
            }
        }
    }
}

impl Batch {
    fn take(&mut self, message: SqsMessage) {
        let id = message.message_id.unwrap_or_default();
        match read_push(message.body.as_deref().unwrap_or_default()) {
            Ok(Push::Update(update)) => {
                self.update_ids.push(id);
                self.updates.push(update);
            }
            Ok(Push::Broadcast(part)) => self.parts.push((id, part)),
            Err(error) => {
                tracing::error!(
                    message.id = id,
                    error = causes(&error),
                    "unreadable message"
                );
                self.unreadable.push(id);
            }
        }
    }
}

#[cfg(test)]
mod tests;
