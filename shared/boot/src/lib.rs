//! Settings, telemetry, the system's clock and randomness, and the start of a function.
//!
//! A function's `main` is one call of [`start`]: settings are read and checked as a whole, logging
//! is set up, and the function's own code gets what it asked for. Functions that take plain events
//! then serve them with [`run`].

mod ambient;
mod batch;
mod batch_line;
mod run;
pub mod settings;
mod start;
mod telemetry;

pub use ambient::{OsEntropy, SystemClock};
pub use batch::{Queue, serve_batches};
pub use domain::causes;
pub use run::{run, serve};
pub use start::start;
