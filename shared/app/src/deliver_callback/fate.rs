//! What becomes of a callback.

use std::time::Duration;

use webhooks::{Attempt, GiveUp, Outcome, Problem};

/// What became of a callback, and what is to be done with its message.
#[derive(Debug)]
pub enum Fate {
    /// The receiver has it.
    Delivered(Told),
    /// The receiver wants no more of it (410).
    Refused,
    /// There is nothing to tell: the task is gone, or its history no longer reaches back.
    NothingToTell,
    /// To be tried again.
    Again {
        /// After this long.
        after: Duration,
        /// What went wrong.
        problem: Problem,
    },
    /// Nothing more can be done.
    GivenUp(GivenUp),
}

/// What a receiver said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Its HTTP status.
    pub status: u16,
}

/// Why nothing more can be done: a code in words joined by `_`, and what happened as its source. Holds no
/// part of the URL.
#[derive(Debug, thiserror::Error)]
#[error("{code}")]
pub struct GivenUp {
    /// Stable, for programs: `callback_refused` or `callback_exhausted`.
    pub code: &'static str,
    /// What happened.
    #[source]
    pub why: GiveUp,
}

pub(super) fn of(attempt: Attempt) -> Fate {
    match attempt.outcome {
        Outcome::Delivered => {
            let status = attempt.answer.map(|answer| answer.status.as_u16());
            Fate::Delivered(Told {
                status: status.unwrap_or_default(),
            })
        }
        Outcome::Disable => Fate::Refused,
        Outcome::Retry { after, problem } => Fate::Again { after, problem },
        Outcome::GiveUp(why) => Fate::GivenUp(GivenUp {
            code: code(&why),
            why,
        }),
    }
}

fn code(why: &GiveUp) -> &'static str {
    match why {
        GiveUp::Impossible(_) => "callback_refused",
        GiveUp::Exhausted(_) => "callback_exhausted",
    }
}
