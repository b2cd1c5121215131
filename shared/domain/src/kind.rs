//! Task kinds: what a worker can run.
//!
//! A kind is one type that implements [`Kind`]. The [`Catalogue`] knows all of them by name and is what
//! submission validates against; the [`Registry`] is what workers run from.

mod catalogue;
mod registry;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use retry::Backoff;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::OffsetDateTime;

use crate::failure::Failure;
use crate::ids::{RequestId, TenantId};
use crate::task::Progress;

pub use catalogue::{Catalogue, Described, described};
pub use registry::{Registry, Runner};

/// What is wrong with one field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's path inside the input, for example `group_by[1]`; empty for the whole.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FieldError {
    /// One mistake.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Takes a running task's progress. Reporting never blocks and never fails: reports that come
/// faster than subscribers can use them are merged, and the last one wins.
pub trait ProgressSink: Send + Sync {
    /// Reports how far the task is.
    fn report(&self, progress: Progress);
}

/// What a running task may know and do.
#[derive(Clone)]
pub struct TaskContext {
    /// The task.
    pub request_id: RequestId,
    /// Whose data it works on.
    pub tenant: TenantId,
    /// When this attempt was claimed; what `now` means inside the task.
    pub started_at: OffsetDateTime,
    /// Where progress goes.
    pub progress: Arc<dyn ProgressSink>,
}

impl TaskContext {
    /// Reports how far the task is, 0 to 100 percent.
    pub fn report(&self, percent: u8, message: impl Into<String>) {
        self.progress.report(Progress {
            percent: percent.min(100),
            message: message.into(),
        });
    }
}

/// The retries of a kind that says nothing else: five attempts within half a minute or so.
pub const RETRY: Backoff = Backoff {
    base: Duration::from_secs(1),
    cap: Duration::from_mins(1),
    attempts: 5,
};

/// One kind of background work. The future that `run` returns is dropped when the task is
/// cancelled or its lease is lost, so work must be safe to stop at any `await`.
#[async_trait]
pub trait Kind: Send + Sync + 'static {
    /// The name callers submit it by.
    const NAME: &'static str;
    /// The typed input. Unknown fields should be denied, so that a misspelling is no silent default.
    type Input: DeserializeOwned + JsonSchema + Send;
    /// Its name for people, such as the title of a form.
    const TITLE: &'static str = Self::NAME;
    /// What it does, in a sentence.
    const SUMMARY: &'static str = "";
    /// What the cost of its tasks grows with, for people: a sentence or a few. `docs/costs.md` has the
    /// figures.
    const COST_DRIVERS: &'static str;
    /// How often a task of this kind is tried, since it was submitted or retried, and how long to
    /// wait between two attempts: at random up to a ceiling that doubles.
    const RETRY: Backoff = RETRY;
    /// How long one attempt may take; as long as its worker lives where none. A task that takes
    /// longer ends as timed out.
    const LONGEST_RUN: Option<Duration> = None;
    /// Whether programs outside run its tasks and report on them. Our own workers leave them alone.
    const OUTSIDE: bool = false;

    /// What to call a report of this input's result; none where results are not kept as reports.
    fn report_title(_: &Self::Input) -> Option<String> {
        None
    }

    /// Checks what types cannot express. Called before the task is queued.
    fn check(input: &Self::Input) -> Result<(), Vec<FieldError>>;

    /// Does the work. The value is the task's result.
    async fn run(&self, context: &TaskContext, input: Self::Input) -> Result<Value, Failure>;
}

/// What a kind is, for people, forms and the API's description.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// The name callers submit it by.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// What the cost of its tasks grows with.
    pub cost_drivers: &'static str,
    /// Whether programs outside run its tasks.
    pub outside: bool,
    /// The JSON Schema (2020-12) of its input, made of the type that inputs are read into. Whatever it
    /// refuses is refused; what fields must be together, it may leave to the kind's own check.
    pub input: Value,
}

/// An input as its kind's type, checked: before the task is queued, and again before it runs.
fn read<K: Kind>(input: &Value) -> Result<K::Input, Vec<FieldError>> {
    // serde would take a list for the fields in their order.
    if !input.is_object() {
        return Err(vec![FieldError::new("", "must be an object")]);
    }
    let typed: K::Input = serde_path_to_error::deserialize(input).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { String::new() } else { path };
        vec![FieldError::new(field, error.inner().to_string())]
    })?;
    K::check(&typed)?;
    Ok(typed)
}
