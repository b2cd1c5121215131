//! `ops tasks`: the tasks of the tenant that is signed in, by the HTTP API (docs/ops-tasks.md).

pub mod args;
pub mod following;
pub mod input;
pub mod live;
pub mod run;
pub mod shown;
mod watch;

pub use args::Tasks;
pub use run::run;
