//! The port to where keys are kept.

use std::error::Error;
use std::time::SystemTime;

use async_trait::async_trait;

use crate::key::Key;
use crate::record::{Claim, Record};
use crate::token::Token;

/// What a store's client says when a call fails.
pub type StoreError = Box<dyn Error + Send + Sync>;

/// What an attempt to acquire a key found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acquired {
    /// It is ours: do the work.
    Ours,
    /// It is not: this is what is kept.
    Theirs(Record),
}

/// Whether a response was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was.
    Yes,
    /// The key was no longer the caller's: its lock ran out and somebody else took over.
    Overtaken,
}

/// Keeps keys. Each call is atomic: of claims made at the same time one wins.
///
/// `contract::check` (feature `contract`) tells whether an adapter does what is asked here.
#[async_trait]
pub trait IdempotencyStore: Send + Sync {
    /// Keeps [`Claim::won`] if [`may_take`](crate::may_take) allows it, and otherwise tells what is
    /// kept. Reading and writing are one step; what is told is never expired at `now`.
    async fn acquire(
        &self,
        key: &Key,
        claim: &Claim,
        now: SystemTime,
    ) -> Result<Acquired, StoreError>;

    /// Keeps the response if the key is still the token's. Doing so twice is fine.
    async fn complete(&self, key: &Key, token: Token, response: &str) -> Result<Kept, StoreError>;

    /// Forgets the key if it is in progress and still the token's, so that the work can be done
    /// again at once.
    async fn release(&self, key: &Key, token: Token) -> Result<(), StoreError>;
}
