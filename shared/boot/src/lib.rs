//! Settings, telemetry, the system's clock and randomness, and the start of a function.
//!
//! A function's `main` is one call of [`start`]: settings are read and checked as a whole, logging
//! is set up, and the function's own code gets what it asked for. Functions that take plain events
//! then serve them with [`serve`]. Each invocation leaves one line: the event with the target [`SUMMARY`].

mod ambient;
mod batch;
mod batch_line;
mod capture;
mod fields;
mod lines;
mod place;
mod run;
pub mod settings;
mod start;
mod telemetry;

pub use ambient::{OsEntropy, SystemClock};
pub use batch::{Queue, serve_batches};
pub use batch_line::BatchLine;
pub use capture::{CaptureSettings, Capturer, Seen};
pub use domain::causes;
pub use lines::{Lines, SUMMARY};
pub use run::{serve, trace};
pub use start::{start, start_with_threads};
