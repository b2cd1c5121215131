//! What a failed statement means to the caller.

use std::error::Error as _;
use std::io;

use deadpool_postgres::PoolError;
use domain::ports::PortError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::SERVER;

/// A statement did not succeed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("no connection")]
    Pool(#[source] PoolError),
    #[error("the statement failed")]
    Statement(#[source] Error),
    #[error("no answer within {0:?}")]
    TooSlow(std::time::Duration),
}

impl Failure {
    /// Whether the same statement may well succeed at once: its connection turned out to be dead,
    /// or it lost against a concurrent one. Every statement of ours can be repeated.
    pub(super) fn may_pass_at_once(&self) -> bool {
        let lost_a_race = |error: &Error| {
            error
                .code()
                .is_some_and(|state| state.code().starts_with("40"))
        };
        self.is_of_the_connection() || matches!(self, Self::Statement(error) if lost_a_race(error))
    }

    /// Whether the connection turned out to be dead, or its server closed it.
    pub(super) fn is_of_the_connection(&self) -> bool {
        match self {
            Self::Statement(error) => {
                error.is_closed() || is_io(error) || error.code().is_some_and(was_closed)
            }
            Self::Pool(_) | Self::TooSlow(_) => false,
        }
    }

    fn may_pass(&self) -> bool {
        match self {
            Self::TooSlow(_) | Self::Pool(PoolError::Timeout(_)) => true,
            Self::Statement(error) | Self::Pool(PoolError::Backend(error)) => passes(error),
            Self::Pool(
                PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_),
            ) => false,
        }
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
pub(super) fn passes(error: &Error) -> bool {
    match error.code() {
        Some(state) => state_passes(state),
        None => error.is_closed() || is_io(error),
    }
}

/// By the class of the SQLSTATE: connection lost, transaction lost, resources short, operator at
/// work (shut-down, start-up, cancelled), system error; a lock not available; a primary that has
/// just become a standby.
fn state_passes(state: &SqlState) -> bool {
    matches!(&state.code()[..2], "08" | "40" | "53" | "57" | "58")
        || *state == SqlState::LOCK_NOT_AVAILABLE
        || *state == SqlState::READ_ONLY_SQL_TRANSACTION
}

/// What a server says last to a connection that nobody used: it shuts down, has crashed, or the
/// connection was idle for too long.
fn was_closed(state: &SqlState) -> bool {
    matches!(state.code(), "57P01" | "57P02" | "57P05")
}

/// Whether the network failed. A certificate that is refused arrives as invalid data, and is no
/// failure of the network.
fn is_io(error: &Error) -> bool {
    error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>())
        .is_some_and(|cause| cause.kind() != io::ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_were_closed_are_told_from_statements_that_were() {
        let closed = |state| was_closed(&SqlState::from_code(state));
        assert!(["57P01", "57P02", "57P05"].into_iter().all(closed));
        assert!(!["57014", "57P03", "40001"].into_iter().any(closed));
    }

    #[test]
    fn servers_that_come_back_are_told_from_statements_that_never_work() {
        for state in [
            "08006", "40P01", "53300", "57P03", "57014", "58030", "55P03", "25006",
        ] {
            assert!(state_passes(&SqlState::from_code(state)), "{state}");
        }
        for state in [
            "42601", "42P01", "28P01", "3D000", "22021", "XX000", "23505",
        ] {
            assert!(!state_passes(&SqlState::from_code(state)), "{state}");
        }
    }
}
