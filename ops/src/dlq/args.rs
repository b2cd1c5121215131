//! `ops dlq ...`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use domain::dead_letters::DeadQueue;

use super::filter::{Age, Filter};
use super::rate::Rate;

/// What to do with dead letters.
#[derive(Debug, Subcommand)]
pub enum Dlq {
    /// How many there are, by queue, kind and reason.
    List(List),
    /// One letter in full, with its task.
    Show(Show),
    /// Mend a letter's body and send it on its way; the body is checked before.
    Edit(Edit),
    /// Send letters on their way again, at a rate, and watch what becomes of their tasks.
    Redrive(Redrive),
    /// Remove letters for good.
    Purge(Purge),
}

/// The queues that have dead letters, by their names and those that they had before.
fn queue() -> impl TypedValueParser<Value = DeadQueue> {
    let named = DeadQueue::ALL.map(|queue| {
        let value = PossibleValue::new(queue.as_str());
        match queue {
            DeadQueue::Work => value.help("Tasks, urgent ones too").alias("tasks"),
            DeadQueue::Updates => value.help("Updates on their way to the pusher"),
            DeadQueue::Callbacks => value.help("Ends of tasks for those who are called back"),
        }
    });
    PossibleValuesParser::new(named).try_map(|name| match name.as_str() {
        "tasks" => Ok(DeadQueue::Work),
        name => name.parse(),
    })
}

/// Which letters.
#[derive(Debug, Clone, Default, Args)]
pub struct Which {
    /// Only those of this queue.
    #[arg(long, value_parser = queue())]
    pub queue: Option<DeadQueue>,
    /// Only of tasks of this kind; `-` for letters that name none.
    #[arg(long)]
    pub kind: Option<String>,
    /// Only with this reason: its code, as `list` shows it.
    #[arg(long)]
    pub reason: Option<String>,
    /// Only of this tenant.
    #[arg(long)]
    pub tenant: Option<String>,
    /// Only older than this, such as 90s, 15m, 2h or 3d.
    #[arg(long, value_name = "AGE")]
    pub older_than: Option<Age>,
    /// Only younger than this.
    #[arg(long, value_name = "AGE")]
    pub newer_than: Option<Age>,
    /// Look at so many letters of each queue at most.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=120_000))]
    pub most: u32,
}

impl Which {
    /// The same as a filter.
    pub fn filter(&self) -> Filter {
        Filter {
            queue: self.queue,
            kind: self.kind.clone(),
            reason: self.reason.clone(),
            tenant: self.tenant.clone(),
            older_than: self.older_than.map(Age::length),
            newer_than: self.newer_than.map(Age::length),
            ids: Vec::new(),
        }
    }
}

/// `ops dlq list`.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub which: Which,
    /// Every letter, not only groups.
    #[arg(long)]
    pub each: bool,
}

/// `ops dlq show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The letter's id, or the beginning of it.
    pub id: String,
}

/// `ops dlq edit`.
#[derive(Debug, Args)]
pub struct Edit {
    /// The letter's id, or the beginning of it.
    pub id: String,
    /// Take the new body from this file (`-` is the standard input) instead of from $VISUAL or $EDITOR.
    #[arg(long, value_name = "FILE")]
    pub body: Option<PathBuf>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub wait: Wait,
}

/// `ops dlq redrive`.
#[derive(Debug, Args)]
pub struct Redrive {
    /// Only these letters, by id or the beginning of it.
    pub ids: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub which: Which,
    /// All letters, where no filter is given.
    #[arg(long)]
    pub all: bool,
    /// How fast, such as 10/s or 30/m.
    #[arg(long, default_value = "10/s")]
    pub rate: Rate,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub wait: Wait,
}

/// How long tasks are watched.
#[derive(Debug, Clone, Copy, Args)]
pub struct Wait {
    /// Do not watch what becomes of the tasks.
    #[arg(long)]
    pub no_wait: bool,
    /// Watch tasks for so long after the last was sent.
    #[arg(long, default_value = "5m", value_name = "AGE")]
    pub patience: Age,
}

/// `ops dlq purge`.
#[derive(Debug, Args)]
pub struct Purge {
    /// Only these letters, by id or the beginning of it.
    pub ids: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub which: Which,
    /// All letters, where no filter is given.
    #[arg(long)]
    pub all: bool,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
}
