//! What the runs vary: how many take part, what may go wrong, and what is wrong.

use crate::world::Left;

/// What a run varies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Workers that take messages, at most [`WORKERS`].
    pub(crate) workers: usize,
    /// What may go wrong.
    pub(crate) left: Left,
    /// Updates stay on their way for a while and arrive in any order. Else they are shown at once.
    pub(crate) updates_wander: bool,
    /// Workers report progress, once an attempt.
    pub(crate) progress: bool,
    /// What the scheduled sweep does.
    pub(crate) sweep: Sweep,
    /// What is wrong with the protocol.
    pub(crate) defect: Option<Defect>,
}

impl Setting {
    /// Two workers, no faults.
    pub(crate) const PLAIN: Self = Self {
        workers: 2,
        left: Left::NONE,
        updates_wander: false,
        progress: false,
        sweep: Sweep::Open,
        defect: None,
    };
}

/// How far the scheduled sweep goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sweep {
    /// Nothing is swept.
    None,
    /// A task that anybody may claim gets a message.
    Open,
    /// And the end of a task is announced again.
    OpenAndEnded,
}

/// Mistakes that the rules must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    /// The message is acknowledged before the end is announced.
    AcknowledgeFirst,
    /// The end is announced before it is written.
    AnnounceFirst,
    /// A live lease does not keep others from claiming.
    ClaimIgnoresLease,
    /// The store replaces whatever version it has.
    BlindReplace,
    /// Every claim has the same token.
    OneToken,
    /// A lease is renewed for whoever asks.
    BlindRenew,
    /// A message of a task that another worker holds is acknowledged.
    AcknowledgeHeld,
    /// After a conflict the change is not checked against the lease again.
    BlindChange,
    /// The client shows what arrives last.
    NewestArrival,
}
