//! What is measured.

use std::borrow::Cow;

use crate::name::{self, NameError};
use crate::unit::Unit;

/// A metric's name, its unit and how fine CloudWatch keeps it.
///
/// Made as a constant, a bad name does not compile:
///
/// ```
/// use emf::{Metric, Unit};
///
/// const QUEUE_WAIT: Metric = Metric::new("QueueWait", Unit::Milliseconds);
/// ```
///
/// ```compile_fail
/// use emf::{Metric, Unit};
///
/// const NAMELESS: Metric = Metric::new("", Unit::Count);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Metric {
    name: Cow<'static, str>,
    unit: Unit,
    by_second: bool,
}

impl Metric {
    /// A metric that CloudWatch keeps by the minute. For constants.
    ///
    /// # Panics
    /// Where the name is not one; in a constant that is an error of the compiler.
    pub const fn new(name: &'static str, unit: Unit) -> Self {
        assert!(name::check(name).is_ok(), "that is no name for a metric");
        Self {
            name: Cow::Borrowed(name),
            unit,
            by_second: false,
        }
    }

    /// A metric whose name is known only at run time.
    pub fn named(name: impl Into<String>, unit: Unit) -> Result<Self, NameError> {
        let name = name.into();
        name::check(&name)?;
        Ok(Self {
            name: Cow::Owned(name),
            unit,
            by_second: false,
        })
    }

    /// The same metric, kept by the second for three hours. Costs as much, but alarms on it do not.
    #[must_use]
    pub const fn by_second(mut self) -> Self {
        self.by_second = true;
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its values count.
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// Seconds between the points that CloudWatch keeps.
    pub(crate) const fn resolution(&self) -> u8 {
        if self.by_second { 1 } else { 60 }
    }
}
