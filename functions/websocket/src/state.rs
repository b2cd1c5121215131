//! What the routes call.

use app::{AnswerFrame, CloseConnection, OpenConnection};

/// The use cases behind the routes, wired once per process.
pub(crate) struct App {
    /// `$connect`.
    pub(crate) open_connection: OpenConnection,
    /// `$disconnect`.
    pub(crate) close_connection: CloseConnection,
    /// `$default`.
    pub(crate) answer_frame: AnswerFrame,
}
