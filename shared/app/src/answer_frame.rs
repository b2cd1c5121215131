//! Answers what a client says over its WebSocket.

use std::sync::Arc;

use domain::ConnectionId;
use domain::ports::{Clock, ConnectionStore, PortError};
use protocol::frames::{BadFrame, ClientFrame, ServerFrame};

/// Answers client frames.
#[derive(Clone)]
pub struct AnswerFrame {
    /// Where open connections are kept.
    pub connections: Arc<dyn ConnectionStore>,
    /// What a pong shows.
    pub clock: Arc<dyn Clock>,
}

/// Why a frame gets an error for an answer. The connection lives on.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The frame is not understood.
    #[error(transparent)]
    Bad(#[from] BadFrame),
    /// The connection was forgotten or is too old.
    #[error("this connection is not known any more: open a new one")]
    UnknownConnection,
    /// A store did not answer.
    #[error("the frame cannot be answered now: send it again")]
    Store(#[from] PortError),
}

impl FrameError {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Bad(bad) => bad.code(),
            Self::UnknownConnection => "unknown_connection",
            Self::Store(_) => "unavailable",
        }
    }
}

impl From<&FrameError> for ServerFrame {
    fn from(error: &FrameError) -> Self {
        Self::Error {
            code: error.code().into(),
            message: error.to_string(),
        }
    }
}

impl AnswerFrame {
    /// The answer to a text frame. An error is answered too: by the [`ServerFrame`] made of it.
    pub async fn run(&self, id: &ConnectionId, text: &str) -> Result<ServerFrame, FrameError> {
        let frame = ClientFrame::read(text)?;
        let now = self.clock.now();
        let connection = self.connections.find(id, now).await?;
        connection.ok_or(FrameError::UnknownConnection)?;
        match frame {
            ClientFrame::Ping {} => Ok(ServerFrame::Pong { at: now }),
        }
    }
}
