//! Counts attempts to call somebody back.

use std::time::Duration;

use emf::{Metric, Unit};

use crate::meter::Meter;

const CALLBACKS: Metric = Metric::new("Callbacks", Unit::Count);
const TIME: Metric = Metric::new("CallbackTime", Unit::Milliseconds);

impl Meter {
    /// What came of an attempt to call somebody back, such as `delivered`, and how long it took.
    pub fn callback(&self, outcome: &str, duration: Duration) {
        let by_outcome = self.by(&[("Outcome", outcome)]);
        by_outcome.increment(&CALLBACKS);
        by_outcome.record_millis(&TIME, duration);
    }
}
