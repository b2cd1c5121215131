//! Posts one message to many connections.

use domain::ports::PostError;
use domain::{ConnectionId, causes};
use futures::stream::{Stream, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use super::{AT_ONCE, PushBroadcast};
use crate::courier::Courier;

/// Who has the message and who has not.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) reached: usize,
    pub(super) gone: usize,
    pub(super) unreached: Vec<ConnectionId>,
}

enum Outcome {
    Reached,
    Gone,
    Unreached(ConnectionId),
}

impl PushBroadcast {
    /// Posts to each as it comes, to so many at once. A connection that takes nothing keeps one place
    /// for a few seconds, once.
    pub(super) async fn post_all(
        &self,
        ids: impl Stream<Item = ConnectionId>,
        text: &str,
        end: Instant,
    ) -> Tally {
        let posts = ids.map(|id| self.post_one(id, text, end));
        let tally = |mut tally: Tally, outcome| async {
            match outcome {
                Outcome::Reached => tally.reached += 1,
                Outcome::Gone => tally.gone += 1,
                Outcome::Unreached(id) => tally.unreached.push(id),
            }
            tally
        };
        let posts = posts.buffer_unordered(AT_ONCE);
        posts.fold(Tally::default(), tally).await
    }

    async fn post_one(&self, id: ConnectionId, text: &str, end: Instant) -> Outcome {
        let courier = Courier {
            postman: self.postman.as_ref(),
            connections: self.connections.as_ref(),
            clock: self.clock.as_ref(),
            entropy: self.entropy.as_ref(),
        };
        match timeout_at(end, courier.offer(&id, text)).await {
            Ok(Ok(())) => Outcome::Reached,
            Ok(Err(PostError::Gone)) if courier.may_be_opening(&id).await => Outcome::Unreached(id),
            Ok(Err(PostError::Gone)) => {
                // The post has its own time limit; forgetting has the store's.
                courier.forget(&id).await;
                Outcome::Gone
            }
            Ok(Err(error)) => {
                tracing::debug!(error = causes(&error), "a connection took no message");
                Outcome::Unreached(id)
            }
            Err(_) => Outcome::Unreached(id),
        }
    }
}
