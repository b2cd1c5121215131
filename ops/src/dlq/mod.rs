//! `ops dlq`: looks at dead letters, mends them, and sends them on their way again (docs/ops-dlq.md).
//!
//! | file | what |
//! |---|---|
//! | `args` | the command line |
//! | `office` | takes letters up and gives them back: reading loses none |
//! | `letter` | what a letter says, and about which task |
//! | `filter`, `rate` | which letters, how fast |
//! | `list`, `show`, `edit`, `redrive`, `purge` | the commands |
//! | `send`, `watch` | one letter on its way; what becomes of its task |
//! | `run` | the commands on a terminal |

pub mod args;
pub mod edit;
pub mod filter;
pub mod find;
pub mod letter;
pub mod list;
pub mod office;
pub mod purge;
pub mod queue;
pub mod rate;
pub mod redrive;
pub mod run;
pub mod send;
pub mod show;
pub mod watch;

pub use args::Dlq;
pub use office::Office;
pub use queue::{Queue, QueueName};
pub use run::run;
