//! Why a frame is refused.

use domain::connection::MOST_TOPICS;
use domain::ports::PortError;
use protocol::frames::{BadFrame, ErrorCode, ServerFrame};
use wire::frame::InvalidTopic;

/// Why a frame gets an error for an answer. The connection lives on.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The frame is not understood.
    #[error(transparent)]
    Bad(#[from] BadFrame),
    /// The topic's name, or a task's, is none.
    #[error(transparent)]
    InvalidTopic(#[from] InvalidTopic),
    /// The connection was forgotten or is too old.
    #[error("this connection is not known any more: open a new one")]
    UnknownConnection,
    /// The caller's tenant has no such task; another tenant's looks the same.
    #[error("there is no such task")]
    TaskNotFound,
    /// The stream is for operators.
    #[error("this stream is for operators only")]
    Forbidden,
    /// The connection listens to as many topics as it may.
    #[error("a connection listens to {MOST_TOPICS} topics at most: unsubscribe from one first")]
    TooManyTopics,
    /// The client sends faster than it may.
    #[error("too many frames: this one had no effect; slow down, or the connection will be closed")]
    TooManyFrames,
    /// A store did not answer.
    #[error("the frame cannot be answered now: send it again")]
    Store(#[from] PortError),
}

impl FrameError {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        let code = match self {
            Self::Bad(bad) => bad.code(),
            Self::InvalidTopic(_) => ErrorCode::InvalidFrame,
            Self::UnknownConnection => ErrorCode::UnknownConnection,
            Self::TaskNotFound => ErrorCode::TaskNotFound,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::TooManyTopics => ErrorCode::TooManyTopics,
            Self::TooManyFrames => ErrorCode::TooManyFrames,
            Self::Store(_) => ErrorCode::Unavailable,
        };
        code.name()
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
