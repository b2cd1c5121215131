//! What has been recorded since the last flush.

use std::collections::BTreeMap;

use crate::dimensions::Dimensions;
use crate::limits::LARGEST_VALUE;
use crate::metric::Metric;
use crate::properties::Properties;
use crate::rejected::{Reason, Rejected};

/// Values, properties and rejects.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    /// By dimensions, then metric.
    pub(crate) groups: BTreeMap<Dimensions, BTreeMap<Metric, Series>>,
    pub(crate) properties: Properties,
    rejected: BTreeMap<(String, Reason), u64>,
}

/// The values of one metric.
#[derive(Debug, Default)]
pub(crate) struct Series {
    /// What was counted: one value, however often.
    sum: Option<f64>,
    /// What was recorded one by one.
    values: Vec<f64>,
}

impl Series {
    /// All values, in the order they came in; the count last.
    pub(crate) fn values(&self) -> Vec<f64> {
        let mut all = self.values.clone();
        all.extend(self.sum);
        all
    }
}

impl Collected {
    /// Adds to a metric's count.
    pub(crate) fn count(&mut self, dimensions: &Dimensions, metric: &Metric, by: f64) {
        let so_far = self
            .series(dimensions, metric)
            .and_then(|series| series.sum);
        let sum = so_far.unwrap_or(0.0) + by;
        if let Some(series) = self.writable(dimensions, metric, sum) {
            series.sum = Some(sum);
        }
    }

    /// Adds a value to a metric's distribution.
    pub(crate) fn record(&mut self, dimensions: &Dimensions, metric: &Metric, value: f64) {
        if let Some(series) = self.writable(dimensions, metric, value) {
            series.values.push(value);
        }
    }

    /// What was rejected.
    pub(crate) fn rejected(&self) -> Vec<Rejected> {
        let reject = |((metric, reason), values): (&(String, Reason), &u64)| Rejected {
            metric: metric.clone(),
            reason: *reason,
            values: *values,
        };
        self.rejected.iter().map(reject).collect()
    }

    fn series(&self, dimensions: &Dimensions, metric: &Metric) -> Option<&Series> {
        self.groups.get(dimensions)?.get(metric)
    }

    /// Where a value goes, or a note that it cannot be written.
    fn writable(
        &mut self,
        dimensions: &Dimensions,
        metric: &Metric,
        value: f64,
    ) -> Option<&mut Series> {
        let reason = if dimensions.has(metric.name()) {
            Some(Reason::NameOfDimension)
        } else if !value.is_finite() || value.abs() > LARGEST_VALUE {
            Some(Reason::NoNumber)
        } else {
            None
        };
        if let Some(reason) = reason {
            let key = (metric.name().to_owned(), reason);
            *self.rejected.entry(key).or_default() += 1;
            return None;
        }
        Some(self.place(dimensions, metric))
    }

    fn place(&mut self, dimensions: &Dimensions, metric: &Metric) -> &mut Series {
        let group = self.groups.entry(dimensions.clone()).or_default();
        group.entry(metric.clone()).or_default()
    }
}
