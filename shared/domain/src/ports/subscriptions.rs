//! What open connections listen to, and how much they say.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::PortError;
use crate::connection::{Connection, Topic};
use crate::ids::ConnectionId;
use crate::pace::{Pace, Verdict};

/// What became of a wish to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// The connection listens to the topic, since now or since before.
    Listening,
    /// It listens to [`crate::connection::MOST_TOPICS`] others already.
    TooManyTopics,
    /// It is not stored any more, or about to be forgotten.
    NotConnected,
}

/// Changes what an open connection listens to. The connections are those of the
/// [`super::ConnectionStore`]: forgetting one ends its subscriptions, also those that are being
/// made at the same moment.
#[async_trait]
pub trait Subscriptions: Send + Sync {
    /// Has a stored connection listen to a topic.
    async fn follow(&self, connection: &Connection, topic: &Topic) -> Result<Followed, PortError>;

    /// Has it listen no more. Doing it twice is fine, and so is a connection that is gone.
    async fn unfollow(&self, connection: &Connection, topic: &Topic) -> Result<(), PortError>;
}

/// A frame that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metered {
    /// Who sent it.
    pub connection: Connection,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// Counts the frames of open connections.
#[async_trait]
pub trait FrameMeter: Send + Sync {
    /// Counts one frame as [`Pace::count`] does, to the millisecond, however many arrive at the
    /// same time; none where the connection is not stored or past its longest life.
    async fn count(
        &self,
        id: &ConnectionId,
        now: OffsetDateTime,
        pace: Pace,
    ) -> Result<Option<Metered>, PortError>;
}
