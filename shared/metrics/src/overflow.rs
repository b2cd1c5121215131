//! What is known of the pool, and who takes tasks.

use std::time::Duration;

use emf::{Metric, Unit};

use crate::Meter;
use crate::meter::of;

const PROCESSES: Metric = Metric::new("PoolProcesses", Unit::Count);
const LAMBDA: Metric = Metric::new("LambdaTakes", Unit::Count);
const SWITCHES: Metric = Metric::new("TakerSwitches", Unit::Count);
const OLDEST_WAIT: Metric = Metric::new("OldestWait", Unit::Milliseconds);

impl Meter {
    /// Who takes queued tasks. `takers` is one of few, such as `spilling`: each makes a metric of its
    /// own of how often that was so.
    pub fn load_shared(&self, takers: &str, with_lambda: bool, switched: bool) {
        let by_takers = self.by(&[("Takers", takers)]);
        by_takers.count(&LAMBDA, of(usize::from(with_lambda)));
        if switched {
            by_takers.increment(&SWITCHES);
        }
    }

    /// How many processes of the pool are alive, and how long a message waits for them at most.
    pub fn pool_seen(&self, processes: usize, oldest_wait: Duration) {
        let stage = self.by(&[]);
        stage.count(&PROCESSES, of(processes));
        stage.record_millis(&OLDEST_WAIT, oldest_wait);
    }
}
