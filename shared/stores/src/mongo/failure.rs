//! What a failed command means to the caller.

use std::time::Duration;

use domain::ports::PortError;
use domain::text::cut;
use mongodb::error::{Error, ErrorKind};

use super::SERVER;
use super::document::Unreadable;

/// Most that is kept of a server's words, in bytes.
const LONGEST: usize = 500;

/// A command did not succeed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the command failed")]
    Command(#[source] Error),
    #[error("the insert was refused with code {code}: {message}")]
    Refused { code: i32, message: String },
    #[error("no answer within {0:?}")]
    TooSlow(Duration),
    #[error("the figures of these requests need more memory than there is for one answer")]
    TooMuch,
    #[error("a known event was gone before it could be read")]
    Gone,
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("the answer's field {0} is missing or not what it should be")]
    Answer(&'static str),
}

impl Failure {
    /// What went wrong in a bulk insert, apart from duplicates.
    pub(super) fn refused(code: i32, message: &str) -> Self {
        let message = cut(message, LONGEST).into();
        Self::Refused { code, message }
    }

    fn may_pass(&self) -> bool {
        match self {
            Self::Command(error) => passes(error),
            Self::Refused { code, .. } => code_passes(*code),
            Self::TooSlow(_) | Self::TooMuch | Self::Gone => true,
            Self::Unreadable(_) | Self::Answer(_) => false,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Command(error)
    }
}

impl From<Failure> for PortError {
    fn from(failure: Failure) -> Self {
        if failure.may_pass() {
            Self::unavailable(SERVER, failure)
        } else {
            Self::broken(SERVER, failure)
        }
    }
}

/// Whether the error may pass by itself.
fn passes(error: &Error) -> bool {
    if [
        "RetryableWriteError",
        "TransientTransactionError",
        "SystemOverloadedError",
    ]
    .iter()
    .any(|label| error.contains_label(label))
    {
        return true;
    }
    match error.kind.as_ref() {
        ErrorKind::Io(_)
        | ErrorKind::ServerSelection { .. }
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::DnsResolve { .. } => true,
        ErrorKind::Command(command) => code_passes(command.code),
        // Sign-in, encryption, arguments, answers that make no sense, and whatever is new: not
        // known to pass.
        _ => false,
    }
}

/// By the server's code: host or network away, time or space limit hit, no primary or a new one,
/// shutting down, lost against a concurrent write, not yet on enough members, throttled.
fn code_passes(code: i32) -> bool {
    matches!(
        code,
        6 | 7
            | 24
            | 50
            | 64
            | 79
            | 89
            | 91
            | 100
            | 112
            | 133
            | 134
            | 175
            | 189
            | 202
            | 262
            | 290
            | 317
            | 358
            | 384
            | 462
            | 9001
            | 10107
            | 11600
            | 11602
            | 13435
            | 13436
            | 16500
    )
}
