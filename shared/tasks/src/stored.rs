//! How trouble with a store ends a task.

use domain::Failure;
use domain::ports::PortError;

/// A store that is away may be back for the next attempt; one that does not understand will not
/// understand then either. Only the store is named: what the client library said may hold hosts
/// and users.
pub(crate) fn failure(error: &PortError) -> Failure {
    match error {
        PortError::Unavailable { .. } | PortError::Conflict { .. } => {
            Failure::transient("store_unavailable", format!("{error}."))
        }
        PortError::Broken { .. } => Failure::permanent("store_refused", format!("{error}.")),
    }
}
