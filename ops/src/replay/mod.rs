//! `ops replay`: hands a captured event to a function again, twice, in another order or while it dies
//! (docs/ops-replay.md).

pub mod args;
pub mod as_captured;
pub mod captured;
pub mod compare;
pub mod event;
pub mod run;
mod target;

pub use args::Replay;
pub use run::{Deployed, replay};
