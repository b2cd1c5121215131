//! Pushes one part of a broadcast.
//!
//! | step | file |
//! |---|---|
//! | read the shard, page after page | `read` |
//! | post to everybody read so far, many at once | `post` |
//! | leave the rest to later parts: who was not reached, and what was not read in time | `rest` |
//!
//! Reading and posting go on side by side. Whoever was reached is not told again by a later part, so
//! a connection that takes nothing costs the others neither time nor repetitions.

mod post;
mod read;
mod rest;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use domain::broadcast::{Addressees, Part};
use domain::ports::{
    Audience, BroadcastQueue, Clock, ConnectionStore, Entropy, PortError, Postman,
};
use futures::channel::mpsc;
use futures::stream;
use tokio::time::Instant;

use post::Tally;
use rest::Rest;

/// Connections that are posted to at the same time, in one part.
const AT_ONCE: usize = 64;

/// Connections in one page: the most that are read ahead of the posts.
const PAGE: usize = 500;

/// How long a part reads on before it leaves the rest of its shard to the next one: the function has
/// 30 s, and the posts that have begun need some of them.
const READING: Duration = Duration::from_secs(14);

/// When the last post has ended, whatever has become of it.
const POSTING: Duration = Duration::from_secs(20);

/// Pushes parts of broadcasts to the connections.
#[derive(Clone)]
pub struct PushBroadcast {
    /// Who is connected.
    pub audience: Arc<dyn Audience>,
    /// Where a connection that is gone is forgotten.
    pub connections: Arc<dyn ConnectionStore>,
    /// The way to them.
    pub postman: Arc<dyn Postman>,
    /// The way to later parts.
    pub queue: Arc<dyn BroadcastQueue>,
    /// Which connections are too old.
    pub clock: Arc<dyn Clock>,
    /// Makes jitter.
    pub entropy: Arc<dyn Entropy>,
}

/// What has become of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pushed {
    /// Connections that took the message.
    pub reached: usize,
    /// Connections that were closed, and are forgotten now.
    pub gone: usize,
    /// Connections that a later part tries again.
    pub later: usize,
    /// Connections that took nothing as often as it makes sense to try.
    pub given_up: usize,
    /// Whether a later part goes on with the shard.
    pub continued: bool,
}

/// Why a part must be pushed again as a whole. Clients know a message they have seen by its id.
#[derive(Debug, thiserror::Error)]
pub enum PushBroadcastError {
    /// Nobody could be looked up.
    #[error("the connections cannot be listed")]
    Audience(#[source] PortError),
    /// What is left to do could not be queued.
    #[error("the rest of the broadcast cannot be queued")]
    Rest(#[source] PortError),
}

impl PushBroadcast {
    /// Pushes a part to everybody it is for. What cannot be done now is queued as parts of its own
    /// before this one ends.
    pub async fn run(&self, part: &Part) -> Result<Pushed, PushBroadcastError> {
        let started = Instant::now();
        let end = started + POSTING;
        let frame = wire::frame::broadcast(&part.broadcast);
        // Nothing in a frame can fail to become JSON.
        let text = serde_json::to_string(&frame).unwrap_or_default();
        let (tally, unread, round) = match &part.to {
            Addressees::Named { ids, round } => {
                let tally = self.post_all(stream::iter(ids.clone()), &text, end).await;
                (tally, None, *round)
            }
            Addressees::Shard { shard, after } => {
                let query = self.query(&part.broadcast, *shard, after.clone());
                let (to, found) = mpsc::channel(PAGE);
                let read = self.read(query, started + READING, to);
                let (read, tally) = tokio::join!(read, self.post_all(found, &text, end));
                (tally, read.map_err(PushBroadcastError::Audience)?, 0)
            }
        };
        let Tally {
            reached,
            gone,
            unreached,
        } = tally;
        let rest = Rest::of(part, unread, &unreached, round);
        let pushed = Pushed {
            reached,
            gone,
            later: rest.later(),
            given_up: rest.given_up,
            continued: rest.continuation.is_some(),
        };
        self.leave(rest).await.map_err(PushBroadcastError::Rest)?;
        tracing::info!(
            broadcast.id = %part.broadcast.id, broadcast.reached = pushed.reached,
            broadcast.gone = pushed.gone, broadcast.later = pushed.later,
            broadcast.given_up = pushed.given_up, broadcast.continued = pushed.continued,
            "part of a broadcast pushed"
        );
        Ok(pushed)
    }
}
