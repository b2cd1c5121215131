//! `ops tasks`: the tasks of the tenant that is signed in, by the HTTP API (docs/ops-tasks.md).

pub mod args;
pub mod input;
pub mod run;
pub mod shown;

pub use args::Tasks;
pub use run::run;
