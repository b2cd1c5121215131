//! Answers what a client says over its WebSocket.
//!
//! | step | file |
//! |---|---|
//! | count the frame: too many are refused, far too many end the connection | `admit` |
//! | read it; answer a ping | here |
//! | listen to a topic, after looking whether the caller may | `subscribe` |
//! | listen no more | `unsubscribe` |
//! | ask the pusher for what was missed | `resume` |
//!
//! Who asks is what the connection's ticket said; no frame names a tenant or a user.

mod admit;
mod error;
mod resume;
mod subscribe;
#[cfg(test)]
mod tests;
mod unsubscribe;

use std::sync::Arc;

use domain::ports::{Clock, FrameMeter, PusherQueue, Subscriptions, TaskStore};
use domain::{ConnectionId, Pace};
use protocol::frames::{BadFrame, ClientFrame, ServerFrame};

pub use error::FrameError;

/// Answers client frames.
#[derive(Clone)]
pub struct AnswerFrame {
    /// Counts frames.
    pub meter: Arc<dyn FrameMeter>,
    /// How many frames a connection may send.
    pub pace: Pace,
    /// What connections listen to.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// Which tasks there are.
    pub tasks: Arc<dyn TaskStore>,
    /// The way to the pusher, which alone can say more than one frame, and hang up.
    pub pusher: Arc<dyn PusherQueue>,
    /// What a pong shows, and what frames are counted by.
    pub clock: Arc<dyn Clock>,
}

/// What a client has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// A text frame.
    Text(&'a str),
    /// A binary one.
    Binary,
}

impl AnswerFrame {
    /// The answer to a frame; none where the pusher gives it. An error is answered too: by the
    /// [`ServerFrame`] made of it.
    pub async fn run(
        &self,
        id: &ConnectionId,
        incoming: Incoming<'_>,
    ) -> Result<Option<ServerFrame>, FrameError> {
        let now = self.clock.now();
        let connection = self.admit(id, now).await?;
        let frame = match incoming {
            Incoming::Text(text) => ClientFrame::read(text)?,
            Incoming::Binary => return Err(BadFrame::Binary.into()),
        };
        match frame {
            ClientFrame::Ping {} => Ok(Some(ServerFrame::Pong { at: now })),
            ClientFrame::Subscribe(topic) => self.subscribe(&connection, topic).await.map(Some),
            ClientFrame::Unsubscribe(topic) => self.unsubscribe(&connection, topic).await.map(Some),
            ClientFrame::Resume { tasks } => self.resume(connection, tasks).await.map(|()| None),
        }
    }
}
