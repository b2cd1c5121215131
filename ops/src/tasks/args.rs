//! `ops tasks ...`.

use clap::{Args, Subcommand};

use crate::dlq::filter::Age;

/// What to do with the tasks of the tenant that is signed in.
#[derive(Debug, Subcommand)]
pub enum Tasks {
    /// Newest first.
    List(List),
    /// One with its history, result, use and cost.
    Show(One),
    /// Tell each change of tasks, live, until all have ended.
    Watch(Watch),
    /// Submit one.
    Submit(Submit),
    /// Call one off, also while it runs.
    Cancel(One),
    /// Run one again that ended without a result.
    Retry(Retry),
}

/// `ops tasks list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only this status.
    #[arg(long, value_parser = ["processing", "completed", "failed", "cancelled", "timed_out"])]
    pub status: Option<String>,
    /// Only this kind.
    #[arg(long)]
    pub kind: Option<String>,
    /// Only with this tag.
    #[arg(long)]
    pub tag: Option<String>,
    /// Only submitted at this moment or later, as RFC 3339.
    #[arg(long)]
    pub from: Option<String>,
    /// Only submitted before this moment.
    #[arg(long)]
    pub to: Option<String>,
    /// So many at most; pages are followed.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub most: u32,
}

/// `ops tasks show` and `cancel`.
#[derive(Debug, Args)]
pub struct One {
    /// The task's `request_id`.
    pub id: String,
}

/// How long tasks are watched.
#[derive(Debug, Clone, Copy, Args)]
pub struct Patience {
    /// Give up after this long, such as 90s, 15m or 2h.
    #[arg(long, default_value = "15m", value_name = "AGE")]
    pub patience: Age,
}

/// `ops tasks watch`.
#[derive(Debug, Args)]
pub struct Watch {
    /// Their `request_id`s.
    #[arg(required_unless_present = "mine", conflicts_with = "mine")]
    pub ids: Vec<String>,
    /// All of your own that change or are submitted meanwhile; goes on until `--patience` ends.
    #[arg(long)]
    pub mine: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub patience: Patience,
}

/// `ops tasks submit`.
#[derive(Debug, Args)]
pub struct Submit {
    /// A kind; `GET /kinds` lists them.
    pub kind: String,
    /// The kind's input: JSON, or `@file`, or `@-` for the standard input.
    #[arg(long, default_value = "{}")]
    pub input: String,
    /// A label; can be repeated.
    #[arg(long = "tag")]
    pub tags: Vec<String>,
    /// Before normal ones.
    #[arg(long)]
    pub urgent: bool,
    /// Run it so many seconds from now.
    #[arg(long, value_name = "SECONDS")]
    pub delay: Option<u32>,
    /// Its result is of no use from this moment on, as RFC 3339.
    #[arg(long)]
    pub deadline: Option<String>,
    /// Where a signed webhook goes when it has ended.
    #[arg(long, value_name = "URL")]
    pub callback_url: Option<String>,
    /// Submitted again under this key it is the same task [default: a new key each time].
    #[arg(long)]
    pub key: Option<String>,
    /// Watch it until it has ended.
    #[arg(long)]
    pub wait: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub patience: Patience,
}

/// `ops tasks retry`.
#[derive(Debug, Args)]
pub struct Retry {
    /// The task's `request_id`.
    pub id: String,
    /// Watch it until it has ended.
    #[arg(long)]
    pub wait: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub patience: Patience,
}
