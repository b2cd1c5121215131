//! Why an event cannot be delivered at all.

use std::io;
use std::path::PathBuf;

use runtime_api::Failed;

use super::run::DeployedError;

/// Nobody is there to get the event.
#[derive(Debug, thiserror::Error)]
pub enum NoTarget {
    /// The function is not deployed, or Lambda does not say.
    #[error(transparent)]
    Deployed(#[from] DeployedError),
    /// The program does not start, or has ended.
    #[error(transparent)]
    Program(#[from] Failed),
    /// There is no program.
    #[error(
        "{} is not there: build it by `cargo build --bin {function}`, or name it by --program",
        program.display()
    )]
    NotBuilt {
        /// Where it should be.
        program: PathBuf,
        /// Whose it is.
        function: String,
    },
    /// The variables cannot be written.
    #[error("--env-file: {}", file.display())]
    EnvFile {
        /// Where to.
        file: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// There is no command to start the program by.
    #[error("--under: it names no command")]
    NoCommand,
    /// The command does not start.
    #[error("--under: {}", command.display())]
    Under {
        /// The command.
        command: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The command has ended too early.
    #[error("--under: {command} ended before {function} asked for an event: {ended}")]
    Ended {
        /// The command.
        command: String,
        /// The function.
        function: String,
        /// How.
        ended: String,
    },
    /// The program has ended before anybody could look at it.
    #[error("the program has ended")]
    Gone,
    /// Nobody can say that a debugger is there.
    #[error("the standard input")]
    Input(#[source] io::Error),
    /// The terminal or the network of this machine is not to be had.
    #[error(transparent)]
    Machine(#[from] io::Error),
}
