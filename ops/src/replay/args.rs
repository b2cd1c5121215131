//! `ops replay ...`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

/// The functions that queues have.
pub const FUNCTIONS: [&str; 3] = ["worker", "pusher", "callback"];

/// `ops replay`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("event").required(true).args(["file", "from_dlq", "from_capture"]))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub struct Replay {
    /// An event as Lambda hands it over, such as a file under events/; `-` is the standard input.
    pub file: Option<PathBuf>,
    /// Make the event of a dead letter, by its id or the beginning of it; the letter stays.
    #[arg(long, value_name = "ID")]
    pub from_dlq: Option<String>,
    /// Take captured messages that failed: by a key, a part of one, or `latest`, and compare with how they failed then.
    #[arg(long, value_name = "KEY", num_args = 0..=1, default_missing_value = "latest")]
    pub from_capture: Option<String>,
    /// List what was captured, newest first, and run nothing.
    #[arg(long, requires = "from_capture", conflicts_with_all = ["save", "deployed", "program", "attach", "under", "pause"])]
    pub list: bool,
    /// Of a list: so many at most.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000), requires = "list")]
    pub most: u16,
    /// All is well where no captured message fails any more, and not where all fail as they did.
    #[arg(long, requires = "from_capture")]
    pub fixed: bool,
    /// Write the event to this file and run nothing: for `sam local invoke` or `cargo lambda invoke`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["deployed", "program", "attach", "under", "pause"])]
    pub save: Option<PathBuf>,
    /// The function, such as worker [default: the file's folder, that of the letter's queue, or the captured one].
    #[arg(long)]
    pub function: Option<String>,
    /// Invoke the deployed function instead of a program of this machine.
    #[arg(long, conflicts_with_all = ["program", "kill_after", "attach", "under", "pause"])]
    pub deployed: bool,
    /// The function's program [default: target/debug/FUNCTION].
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,
    /// Print where a program that you start yourself, for instance under a debugger, gets its event, and wait for it.
    #[arg(long, conflicts_with_all = ["program", "kill_after", "under", "pause"])]
    pub attach: bool,
    /// Write the variables that such a program needs to this file, for `set -a; . FILE` or an editor's launcher.
    #[arg(long, value_name = "FILE", requires = "attach")]
    pub env_file: Option<PathBuf>,
    /// Start the program by this command, such as `gdb --args`; it has the terminal, and ends with the last delivery.
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["kill_after", "pause"])]
    pub under: Option<String>,
    /// Start the program, print its process id, and wait for the Enter key: time to attach a debugger.
    #[arg(long)]
    pub pause: bool,
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
