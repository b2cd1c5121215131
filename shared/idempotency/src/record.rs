//! What a store keeps of a key, and the rule by which a claim wins.

use std::time::SystemTime;

use crate::fingerprint::Fingerprint;
use crate::token::Token;

/// What is kept of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What the key was first used for.
    pub fingerprint: Fingerprint,
    /// Who acquired it last.
    pub token: Token,
    /// How far it is.
    pub state: State,
    /// From then on the record counts as gone, whether or not the store has removed it. Kept to
    /// the second.
    pub expires_at: SystemTime,
}

/// How far the work of a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Somebody works on it.
    InProgress {
        /// From then on that somebody counts as dead. Kept to the millisecond.
        locked_until: SystemTime,
    },
    /// It is done.
    Completed {
        /// What came out, as JSON.
        response: String,
    },
}

/// A wish to do the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What the key is to be used for.
    pub fingerprint: Fingerprint,
    /// Who wishes.
    pub token: Token,
    /// Until when the others are to wait for the work.
    pub locked_until: SystemTime,
    /// Until when the answer is to be kept.
    pub expires_at: SystemTime,
}

impl Claim {
    /// The record of a claim that won.
    pub fn won(&self) -> Record {
        let locked_until = self.locked_until;
        Record {
            fingerprint: self.fingerprint,
            token: self.token,
            state: State::InProgress { locked_until },
            expires_at: self.expires_at,
        }
    }
}

/// The rule of acquiring: whether the claim may replace what is kept of its key.
///
/// - Nothing, or what has expired, may be replaced.
/// - What was meant for another payload may not, even where its caller is dead: perhaps the work
///   was done, and the key stands for it.
/// - Work in progress may be taken over when its lock has run out, and by its own caller at any
///   time: a client that sends the write twice because the answer was lost has acquired it.
/// - What is completed stays.
pub fn may_take(kept: Option<&Record>, claim: &Claim, now: SystemTime) -> bool {
    let Some(kept) = kept.filter(|kept| kept.expires_at > now) else {
        return true;
    };
    match kept.state {
        State::InProgress { locked_until } => {
            let free = locked_until <= now || kept.token == claim.token;
            free && kept.fingerprint == claim.fingerprint
        }
        State::Completed { .. } => false,
    }
}
