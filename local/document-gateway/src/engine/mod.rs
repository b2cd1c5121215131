//! PostgreSQL with the documentdb extension, as the commands see it.

mod answer;
mod bson_value;
mod health;
mod lease;
mod pool;

pub(crate) use answer::{Answer, Outcome, Page, Progress, Queued};
pub(crate) use health::Health;
pub(crate) use lease::{Lease, Param};
pub(crate) use pool::{Engine, OpenError};

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

/// Why the engine did not do what a command asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// No connection could be made, so nothing was sent.
    #[error("PostgreSQL cannot be reached")]
    Unreachable(#[source] Box<PoolError>),
    /// The connection ended while a command ran; whether it took effect is unknown.
    #[error("PostgreSQL closed the connection while the command ran")]
    Lost(#[source] tokio_postgres::Error),
    /// Every connection stayed in use for longer than a command may wait.
    #[error("every connection to PostgreSQL is in use")]
    Busy,
    /// The lease was asked for more after it was given back.
    #[error("the connection to PostgreSQL was already given back")]
    Released,
    /// The engine looked at the command and refused it.
    #[error("PostgreSQL refused the command")]
    Refused(#[source] tokio_postgres::Error),
    /// The engine's answer is not a document that can be read.
    #[error("PostgreSQL sent an answer that cannot be read")]
    Answer(#[from] bson::error::Error),
}

impl EngineError {
    /// What to tell the client: the engine's own words where it has any.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Refused(error) => match error.as_db_error() {
                Some(refused) => refused.message().to_owned(),
                None => error.to_string(),
            },
            other => other.to_string(),
        }
    }
}

impl From<tokio_postgres::Error> for EngineError {
    fn from(error: tokio_postgres::Error) -> Self {
        let ends_connection = match error.code() {
            Some(state) => is_shutdown(state),
            None => error.is_closed() || is_io(&error),
        };
        if ends_connection {
            Self::Lost(error)
        } else {
            Self::Refused(error)
        }
    }
}

/// The server is going down or coming up, and has ended or not begun the connection.
fn is_shutdown(state: &SqlState) -> bool {
    [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
    ]
    .contains(state)
        || state.code().starts_with("08")
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}
