//! What tells metrics of one name apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::{LONGEST_DIMENSION_VALUE, MAX_DIMENSIONS, MAX_ROLLUPS};
use crate::name::{self, NameError};

/// Names and values that are part of a metric's identity.
///
/// Every combination of values is a metric of its own, with a price: a request id belongs into a
/// property, never here.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dimensions {
    values: BTreeMap<String, String>,
    rollups: BTreeSet<BTreeSet<String>>,
}

/// What is wrong with a dimension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DimensionError {
    /// Its name.
    #[error("the name of a dimension is not one")]
    Name(#[source] NameError),
    /// Its value is empty, blank, not printable ASCII, or too long.
    #[error(
        "the dimension {name} has no value of printable ASCII up to {LONGEST_DIMENSION_VALUE} bytes"
    )]
    Value {
        /// Which dimension.
        name: String,
    },
    /// More than [`MAX_DIMENSIONS`].
    #[error("a metric has at most {MAX_DIMENSIONS} dimensions")]
    TooMany,
    /// A rollup names a dimension that is not there.
    #[error("there is no dimension {name} to roll up to")]
    Unknown {
        /// Which dimension.
        name: String,
    },
    /// More than [`MAX_ROLLUPS`].
    #[error("a metric is rolled up at most {MAX_ROLLUPS} times")]
    TooManyRollups,
}

impl Dimensions {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more; replaces a value that the dimension had.
    pub fn with(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Result<Self, DimensionError> {
        let (name, value) = (name.into(), value.into());
        name::check(&name).map_err(DimensionError::Name)?;
        let fits = value.len() <= LONGEST_DIMENSION_VALUE;
        if !fits || name::check_text(value.as_bytes()).is_err() {
            return Err(DimensionError::Value { name });
        }
        self.values.insert(name, value);
        if self.values.len() > MAX_DIMENSIONS {
            return Err(DimensionError::TooMany);
        }
        Ok(self)
    }

    /// Also kept by these dimensions alone. CloudWatch does not add up over dimensions, so whoever
    /// wants `Completed` of all kinds beside `Completed` by kind asks for both.
    pub fn rolled_up_to<'a>(
        mut self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, DimensionError> {
        let names: BTreeSet<String> = names.into_iter().map(str::to_owned).collect();
        if let Some(name) = names.iter().find(|name| !self.has(name)) {
            return Err(DimensionError::Unknown { name: name.clone() });
        }
        self.rollups.insert(names);
        if self.rollups.len() > MAX_ROLLUPS {
            return Err(DimensionError::TooManyRollups);
        }
        Ok(self)
    }

    /// Whether there is a dimension of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Names and values.
    pub(crate) fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    /// The sets to keep metrics by: the full one, then the rollups.
    pub(crate) fn sets(&self) -> Vec<Vec<&str>> {
        let full = self.values.keys().map(String::as_str).collect();
        // One that names every dimension says no more than the full set, as yet.
        let coarser = |names: &&BTreeSet<String>| names.len() < self.values.len();
        let rollups = self.rollups.iter().filter(coarser);
        let rollups = rollups.map(|names| names.iter().map(String::as_str).collect());
        std::iter::once(full).chain(rollups).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_the_full_one_and_its_rollups() -> Result<(), DimensionError> {
        let dimensions = Dimensions::new().with("Service", "worker")?;
        let dimensions = dimensions.with("Kind", "export")?;
        let dimensions = dimensions.rolled_up_to(["Service"])?.rolled_up_to([])?;
        let sets: [&[&str]; 3] = [&["Kind", "Service"], &[], &["Service"]];
        assert_eq!(dimensions.sets(), sets);
        Ok(())
    }

    #[test]
    fn a_rollup_to_everything_waits_for_more() -> Result<(), DimensionError> {
        let dimensions = Dimensions::new().with("Service", "worker")?;
        let dimensions = dimensions.rolled_up_to(["Service"])?;
        assert_eq!(dimensions.sets().len(), 1);
        assert_eq!(dimensions.with("Kind", "export")?.sets().len(), 2);
        Ok(())
    }

    #[test]
    fn values_are_short_printable_ascii() {
        let long = "v".repeat(LONGEST_DIMENSION_VALUE + 1);
        for value in ["", " ", "zwölf", "two\nlines", &long] {
            let refused = Dimensions::new().with("Kind", value);
            let name = "Kind".to_owned();
            assert_eq!(refused, Err(DimensionError::Value { name }), "{value}");
        }
        assert!(Dimensions::new().with("Kind", &long[1..]).is_ok());
    }

    #[test]
    fn thirty_dimensions_and_four_rollups_are_enough() {
        let many = |count: usize| {
            (0..count).try_fold(Dimensions::new(), |all, n| all.with(format!("D{n}"), "v"))
        };
        assert!(many(MAX_DIMENSIONS).is_ok());
        assert_eq!(many(MAX_DIMENSIONS + 1), Err(DimensionError::TooMany));

        let names = ["D0", "D1", "D2", "D3", "D4"];
        let rolled = names
            .iter()
            .try_fold(many(6).unwrap(), |all, name| all.rolled_up_to([*name]));
        assert_eq!(rolled, Err(DimensionError::TooManyRollups));
    }

    #[test]
    fn a_rollup_names_dimensions_that_are_there() {
        let name = "Kind".to_owned();
        let refused = Dimensions::new().rolled_up_to(["Kind"]);
        assert_eq!(refused, Err(DimensionError::Unknown { name }));
    }
}
