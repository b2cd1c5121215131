#![doc = include_str!("../README.md")]

mod canonical;
mod fingerprint;
mod key;
mod memory;
mod record;
mod run;
mod store;
mod token;

#[cfg(feature = "contract")]
pub mod contract;

pub use fingerprint::{Fingerprint, NoFingerprint};
pub use key::{CallerKey, Key, KeyError, LONGEST_KEY, LONGEST_SCOPE};
pub use memory::MemoryStore;
pub use record::{Claim, Record, State, may_take};
pub use run::{Executed, Request, RunError, run_once};
pub use store::{Acquired, IdempotencyStore, Kept, StoreError};
pub use token::Token;
