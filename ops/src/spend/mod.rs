//! `ops spend`: what is not taken on for a while, so that nothing more is spent (docs/ops-spend.md).

mod args;
mod run;
mod shown;

pub use args::{Pause, Resume, Spend};
pub use run::{SpendError, run};
pub use shown::Held;
