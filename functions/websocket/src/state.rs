//! What the routes call.

use std::sync::Arc;

use app::{AnswerFrame, CloseConnection, OpenConnection};
use domain::ports::Entropy;
use metrics::Meter;

/// The use cases behind the routes, wired once per process.
pub(crate) struct App {
    /// `$connect`.
    pub(crate) open_connection: OpenConnection,
    /// `$disconnect`.
    pub(crate) close_connection: CloseConnection,
    /// `$default`.
    pub(crate) answer_frame: AnswerFrame,
    /// Counts connections, frames and refusals.
    pub(crate) meter: Meter,
    /// Begins traces.
    pub(crate) entropy: Arc<dyn Entropy>,
}
