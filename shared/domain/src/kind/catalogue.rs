//! What kinds there are: all that submission needs, and nothing of what their work needs.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use retry::Backoff;
use schemars::schema_for;
use serde_json::Value;

use super::{About, FieldError, Kind, RETRY, read};

/// A [`Kind`] without its work, its type hidden.
///
/// Whoever only submits tasks holds nothing else, so that a program which runs none contains none of
/// the code that runs them.
pub trait Described: Send + Sync {
    /// Checks an input before the task is queued.
    fn validate(&self, input: &Value) -> Result<(), Vec<FieldError>>;

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

struct Description<K>(PhantomData<fn() -> K>);

/// What a kind says of itself and of inputs, without one of it.
pub fn described<K: Kind>() -> impl Described {
    Description::<K>(PhantomData)
}

impl<K: Kind> Described for Description<K> {
    fn validate(&self, input: &Value) -> Result<(), Vec<FieldError>> {
        read::<K>(input).map(drop)
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

/// All kinds by name, as submission knows them.
#[derive(Clone, Default)]
pub struct Catalogue {
    kinds: BTreeMap<&'static str, Arc<dyn Described>>,
}

impl Catalogue {
    /// Adds a kind.
    #[must_use]
    pub fn with<K: Kind>(mut self) -> Self {
        self.kinds.insert(K::NAME, Arc::new(described::<K>()));
        self
    }

    /// The kind of that name.
    pub fn get(&self, name: &str) -> Option<&dyn Described> {
        self.kinds.get(name).map(AsRef::as_ref)
    }

    /// The retries of tasks of that kind. Those of a kind that is not known here are the common
    /// ones: a newer worker may know it.
    pub fn retry(&self, name: &str) -> Backoff {
        self.get(name).map_or(RETRY, Described::retry)
    }

    /// How long an attempt of that kind may take, where it says so.
    pub fn longest_run(&self, name: &str) -> Option<Duration> {
        self.get(name).and_then(Described::longest_run)
    }

    /// Whether programs outside run tasks of that kind.
    pub fn is_outside(&self, name: &str) -> bool {
        self.get(name).is_some_and(Described::is_outside)
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
