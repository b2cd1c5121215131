//! A batch of requests in, those to be delivered again out.

use std::convert::Infallible;
use std::error::Error;

use app::push_broadcast::PushBroadcastError;
use app::{HangUp, PushBroadcast, PushUpdates, ReplayTasks};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::broadcast::Part;
use domain::causes;
use domain::ports::Announcement;
use futures::future::join_all;
use wire::queue::Request;

/// Does what messages ask for.
pub(crate) struct Pusher {
    /// Pushes updates to those who listen.
    pub(crate) push_updates: PushUpdates,
    /// Posts what a connection has missed.
    pub(crate) replay_tasks: ReplayTasks,
    /// Closes connections.
    pub(crate) hang_up: HangUp,
    /// Pushes one part of a broadcast.
    pub(crate) push_broadcast: PushBroadcast,
}

/// What a batch asks for, each with its message's id.
#[derive(Default)]
struct Batch {
    update_ids: Vec<String>,
    updates: Vec<Announcement>,
    others: Vec<(String, Request)>,
}

impl Pusher {
    /// Pushes the updates of a batch as a whole, since a newer one in it may overtake an older one,
    /// and does the rest beside. What cannot be read or done is named in the answer; the queue
    /// delivers it again, and moves it to the dead letters when it has been delivered often enough.
    pub(crate) async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Infallible> {
        let mut batch = Batch::default();
        let mut failed = Vec::new();
        for message in event.records {
            let request = read(&message);
            let id = message.message_id.unwrap_or_default();
            match request {
                None => failed.push(id),
                Some(Request::Push(update)) => {
                    batch.update_ids.push(id);
                    batch.updates.push(*update);
                }
                Some(other) => batch.others.push((id, other)),
            }
        }
        let (pushed, done) = tokio::join!(
            self.push_updates.run(&batch.updates),
            join_all(
                batch
                    .others
                    .iter()
                    .map(|(id, request)| self.handle_other(id, request))
            ),
        );
        for (id, outcome) in batch.update_ids.into_iter().zip(pushed) {
            failed.extend(
                outcome
                    .err()
                    .map(|error| noted(id, "not pushed to all", &error)),
            );
        }
        failed.extend(done.into_iter().flatten());
        let mut response = SqsBatchResponse::default();
        for id in failed {
            response.add_failure(id);
        }
        Ok(response)
    }

    /// The message's id, where it is to be delivered again.
    async fn handle_other(&self, id: &str, request: &Request) -> Option<String> {
        let id = id.to_owned();
        match request {
            Request::Push(_) => None,
            Request::Replay(replay) => {
                let error = self.replay_tasks.run(replay).await.err()?;
                Some(noted(id, "not replayed", &error))
            }
            Request::HangUp(connection) => {
                let error = self.hang_up.run(connection).await.err()?;
                Some(noted(id, "not hung up", &error))
            }
            Request::Broadcast(part) => {
                let error = self.push_part(part).await.err()?;
                Some(noted(id, "part of a broadcast not pushed", &error))
            }
        }
    }

    async fn push_part(&self, part: &Part) -> Result<(), PushBroadcastError> {
        let pushed = self.push_broadcast.run(part).await?;
        tracing::info!(
            broadcast.id = %part.broadcast.id, broadcast.reached = pushed.reached,
            broadcast.gone = pushed.gone, broadcast.later = pushed.later,
            broadcast.given_up = pushed.given_up, broadcast.continued = pushed.continued,
            "part pushed"
        );
        Ok(())
    }
}

fn noted(id: String, what: &str, error: &(dyn Error + 'static)) -> String {
    tracing::warn!(message.id = id, error = causes(error), "{what}");
    id
}

fn read(message: &SqsMessage) -> Option<Request> {
    let body = message.body.as_deref().unwrap_or_default();
    match wire::queue::read_request(body) {
        Ok(request) => Some(request),
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
