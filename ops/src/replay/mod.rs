//! `ops replay`: hands a captured event to a function again, twice, in another order or while it dies
//! (docs/ops-replay.md).

pub mod args;
pub mod as_captured;
pub mod captured;
pub mod compare;
pub mod event;
mod no_target;
pub mod run;
mod target;

pub use args::Replay;
pub use no_target::NoTarget;
pub use run::{Deployed, DeployedError, replay};
