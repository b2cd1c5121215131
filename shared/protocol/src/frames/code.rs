//! The stable codes of error frames and refused handshakes.

/// Why a frame was refused, or a handshake. Programs go by the name, which never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Bytes that are no text.
    BinaryFrame,
    /// The stream needs a right that the caller does not have.
    Forbidden,
    /// Longer than [`super::LONGEST_FRAME`].
    FrameTooLarge,
    /// Not what its action takes.
    InvalidFrame,
    /// A text that is no JSON.
    NotJson,
    /// The caller's tenant has no such task.
    TaskNotFound,
    /// More frames than a connection may send; the frame had no effect.
    TooManyFrames,
    /// More tasks than one resume may name.
    TooManyTasks,
    /// More topics than one connection may listen to.
    TooManyTopics,
    /// A store did not answer: the frame can be sent again.
    Unavailable,
    /// An action we do not have.
    UnknownAction,
    /// The server has forgotten the connection: a new one is needed.
    UnknownConnection,
    /// A version of the protocol that we do not speak.
    UnsupportedVersion,
}

impl ErrorCode {
    /// Every code of an error frame.
    pub const ALL: [Self; 13] = [
        Self::BinaryFrame,
        Self::Forbidden,
        Self::FrameTooLarge,
        Self::InvalidFrame,
        Self::NotJson,
        Self::TaskNotFound,
        Self::TooManyFrames,
        Self::TooManyTasks,
        Self::TooManyTopics,
        Self::Unavailable,
        Self::UnknownAction,
        Self::UnknownConnection,
        Self::UnsupportedVersion,
    ];

    /// The name that clients see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BinaryFrame => "binary_frame",
            Self::Forbidden => "forbidden",
            Self::FrameTooLarge => "frame_too_large",
            Self::InvalidFrame => "invalid_frame",
            Self::NotJson => "not_json",
            Self::TaskNotFound => "task_not_found",
            Self::TooManyFrames => "too_many_frames",
            Self::TooManyTasks => "too_many_tasks",
            Self::TooManyTopics => "too_many_topics",
            Self::Unavailable => "unavailable",
            Self::UnknownAction => "unknown_action",
            Self::UnknownConnection => "unknown_connection",
            Self::UnsupportedVersion => "unsupported_version",
        }
    }
}
