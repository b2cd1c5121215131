//! What becomes of a call.

use std::sync::Arc;
use std::time::Duration;

use super::Call;

/// What becomes of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It goes through.
    Forward,
    /// The function is killed before the call is forwarded: the effect does not happen.
    KillBefore,
    /// The call is forwarded and the function killed before it has the answer: the effect
    /// happens and nobody knows.
    KillAfter,
    /// The connection is closed and the call is not forwarded.
    CutBefore,
    /// The call is forwarded and the connection closed instead of an answer.
    CutAfter,
    /// The service answers that there is too much to do.
    Throttle,
    /// The service answers with an error of its own, status 500.
    ServerError,
    /// The service answers that the caller lacks the right to this.
    Deny,
    /// Nothing happens for this long; then the call is forwarded.
    Stall(Duration),
}

/// Decides for each call.
#[derive(Clone)]
pub struct Plan(Arc<dyn Fn(&Call) -> Action + Send + Sync>);

impl Plan {
    /// Decides by a function.
    pub fn new(decide: impl Fn(&Call) -> Action + Send + Sync + 'static) -> Self {
        Self(Arc::new(decide))
    }

    /// Everything goes through.
    pub fn none() -> Self {
        Self::new(|_| Action::Forward)
    }

    /// One call is for this; all others go through.
    pub fn at(place: Call, action: Action) -> Self {
        Self::new(move |call| {
            if *call == place {
                action
            } else {
                Action::Forward
            }
        })
    }

    /// Every call whose operation starts so is for this, such as all of `sqs.`.
    pub fn of(prefix: &'static str, action: Action) -> Self {
        Self::new(move |call| {
            if call.operation.starts_with(prefix) {
                action
            } else {
                Action::Forward
            }
        })
    }

    pub(super) fn action(&self, call: &Call) -> Action {
        (self.0)(call)
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self::none()
    }
}
