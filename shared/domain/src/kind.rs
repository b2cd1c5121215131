//! Task kinds: what a worker can run.
//!
//! A kind is one type that implements [`Kind`]; the [`Registry`] knows all of them by name and is
//! what submission validates against and workers run from.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use retry::Backoff;
use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::OffsetDateTime;

use crate::failure::Failure;
use crate::ids::{RequestId, TenantId};
use crate::task::Progress;

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

/// A [`Kind`] with its input type hidden.
#[async_trait]
pub trait AnyKind: Send + Sync {
    /// Checks an input before the task is queued.
    fn validate(&self, input: &Value) -> Result<(), Vec<FieldError>>;

    /// Does the work.
    async fn run(&self, context: &TaskContext, input: &Value) -> Result<Value, Failure>;

    /// How often to try, and how long to wait in between.
    fn retry(&self) -> Backoff;

    /// How long one attempt may take.
    fn longest_run(&self) -> Option<Duration>;

    /// Whether programs outside run its tasks.
    fn is_outside(&self) -> bool;

    /// What to call a report of this input's result; none where there is to be none.
    fn report_title(&self, input: &Value) -> Option<String>;

    /// What it is, for people and forms.
    fn about(&self) -> About;
}

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

#[async_trait]
impl<K: Kind> AnyKind for K {
    fn validate(&self, input: &Value) -> Result<(), Vec<FieldError>> {
        read::<K>(input).map(drop)
    }

    async fn run(&self, context: &TaskContext, input: &Value) -> Result<Value, Failure> {
        // The input was valid when it was queued; a newer release may have become stricter.
        let typed = read::<K>(input).map_err(|errors| {
            let text: Vec<_> = errors
                .iter()
                .map(|e| format!("{}: {}", e.field, e.message))
                .collect();
            Failure::permanent("invalid_input", text.join("; "))
        })?;
        Kind::run(self, context, typed).await
    }

    fn retry(&self) -> Backoff {
        K::RETRY
    }

    fn longest_run(&self) -> Option<Duration> {
        K::LONGEST_RUN
    }

    fn is_outside(&self) -> bool {
        K::OUTSIDE
    }

    fn report_title(&self, input: &Value) -> Option<String> {
        // An input that made a result can be read, unless a newer release has become stricter.
        let typed = read::<K>(input).ok()?;
        K::report_title(&typed)
    }

    fn about(&self) -> About {
        About {
            name: K::NAME,
            title: K::TITLE,
            summary: K::SUMMARY,
            cost_drivers: K::COST_DRIVERS,
            outside: K::OUTSIDE,
            input: schema_for!(K::Input).to_value(),
        }
    }
}

/// All kinds, by name.
#[derive(Clone, Default)]
pub struct Registry {
    kinds: BTreeMap<&'static str, Arc<dyn AnyKind>>,
}

impl Registry {
    /// Adds a kind.
    #[must_use]
    pub fn with<K: Kind>(mut self, kind: K) -> Self {
        self.kinds.insert(K::NAME, Arc::new(kind));
        self
    }

    /// The kind of that name.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn AnyKind>> {
        self.kinds.get(name)
    }

    /// The retries of tasks of that kind. Those of a kind that is not known here are the common
    /// ones: a newer worker may know it.
    pub fn retry(&self, name: &str) -> Backoff {
        self.get(name).map_or(RETRY, |kind| kind.retry())
    }

    /// How long an attempt of that kind may take, where it says so.
    pub fn longest_run(&self, name: &str) -> Option<Duration> {
        self.get(name).and_then(|kind| kind.longest_run())
    }

    /// Whether programs outside run tasks of that kind.
    pub fn is_outside(&self, name: &str) -> bool {
        self.get(name).is_some_and(|kind| kind.is_outside())
    }

    /// What to call a report of what a task of that kind and input has made, where there is to be
    /// one.
    pub fn report_title(&self, name: &str, input: &Value) -> Option<String> {
        self.get(name)?.report_title(input)
    }

    /// What each kind is, sorted by name.
    pub fn about(&self) -> impl Iterator<Item = About> {
        self.kinds.values().map(|kind| kind.about())
    }

    /// Every name, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.keys().copied()
    }
}
