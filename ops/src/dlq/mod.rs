//! `ops dlq`: looks at dead letters, mends them, and sends them on their way again (docs/ops-dlq.md).
//!
//! | file | what |
//! |---|---|
//! | `args` | the command line |
//! | `triage` | takes letters up, with what they are about, and puts them back |
//! | `shown` | what a letter says |
//! | `filter`, `rate` | which letters, how fast |
//! | `list`, `show`, `edit`, `redrive`, `purge` | the commands |
//! | `send`, `watch` | one letter on its way; what becomes of its task |
//! | `run` | the commands on a terminal |

pub mod args;
pub mod edit;
pub mod filter;
pub mod find;
pub mod list;
pub mod purge;
pub mod rate;
pub mod redrive;
pub mod run;
pub mod send;
pub mod show;
pub mod shown;
pub mod triage;
pub mod watch;

pub use args::Dlq;
pub use run::run;
pub use triage::Triage;
