//! How round trips of the canary went.

use std::time::Duration;

use emf::{Metric, Unit};

use crate::Meter;
use crate::meter::of;

const SUCCESS: Metric = Metric::new("CanarySuccess", Unit::Count);
const FAILED: Metric = Metric::new("CanaryFailed", Unit::Count);
const TIME: Metric = Metric::new("CanaryTime", Unit::Milliseconds);

impl Meter {
    /// A step of a round trip that went well. `step` is one of few: each makes a metric of its own.
    pub fn canary_step(&self, step: &str, time: Duration) {
        self.by(&[("Step", step)]).record_millis(&TIME, time);
    }

    /// A round trip that has ended, and at which step it failed, if it did.
    pub fn canary(&self, failed: Option<&str>) {
        self.by(&[])
            .count(&SUCCESS, of(usize::from(failed.is_none())));
        if let Some(step) = failed {
            self.by(&[("Step", step)]).increment(&FAILED);
        }
    }
}
