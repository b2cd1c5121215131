//! `ops replay ...`.

use std::path::PathBuf;

use clap::Args;

/// `ops replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// An event as Lambda hands it over, such as a file under events/; `-` is the standard input.
    #[arg(required_unless_present = "from_dlq", conflicts_with = "from_dlq")]
    pub file: Option<PathBuf>,
    /// Make the event of a dead letter, by its id or the beginning of it; the letter stays.
    #[arg(long, value_name = "ID")]
    pub from_dlq: Option<String>,
    /// The function, such as worker [default: the file's folder, or that of the letter's queue].
    #[arg(long)]
    pub function: Option<String>,
    /// Invoke the deployed function instead of a program of this machine.
    #[arg(long, conflicts_with_all = ["program", "kill_after", "attach"])]
    pub deployed: bool,
    /// The function's program [default: target/debug/FUNCTION].
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,
    /// Print where a program that you start yourself, for instance under a debugger, gets its event, and wait for it.
    #[arg(long, conflicts_with_all = ["program", "kill_after"])]
    pub attach: bool,
    /// Deliver the event so many times more, as a queue may.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=20))]
    pub duplicates: u8,
    /// Deliver it once more with its records in another order, which follows from this number.
    #[arg(long, value_name = "SEED")]
    pub shuffle: Option<u64>,
    /// Deliver it once more, kill the program so many milliseconds later, and deliver it again.
    #[arg(long, value_name = "MS")]
    pub kill_after: Option<u64>,
    /// How long one invocation may take, in seconds.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u16).range(1..=900))]
    pub timeout: u16,
}
