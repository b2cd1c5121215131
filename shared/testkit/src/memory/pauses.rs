//! Pauses in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::Pause;
use domain::pause::{Author, Subject, place};
use domain::ports::{Clock, Pauses, PortError};
use time::OffsetDateTime;

use super::{Faults, Kept};

/// The last decision about a subject: when, and the pause unless it was lifted.
type Decision = (OffsetDateTime, Option<Pause>);

/// Keeps pauses. Calls are named `pauses.list`, `.pause`, `.resume`.
pub struct MemoryPauses {
    decisions: Kept<BTreeMap<String, Decision>>,
    clock: Arc<dyn Clock>,
    faults: Faults,
}

impl MemoryPauses {
    /// Nothing is paused yet; the clock tells which pauses have ended.
    pub fn new(clock: Arc<dyn Clock>, faults: &Faults) -> Self {
        Self {
            decisions: Kept::default(),
            clock,
            faults: faults.clone(),
        }
    }

    fn decide(&self, place: String, at: OffsetDateTime, pause: Option<Pause>) -> bool {
        let mut decisions = self.decisions.lock();
        let overtaken = decisions.get(&place).is_some_and(|(known, _)| *known > at);
        if !overtaken {
            decisions.insert(place, (at, pause));
        }
        !overtaken
    }
}

#[async_trait]
impl Pauses for MemoryPauses {
    async fn list(&self) -> Result<Vec<Pause>, PortError> {
        let list = || {
            let (now, decisions) = (self.clock.now(), self.decisions.lock());
            let pauses = decisions.values().filter_map(|(_, pause)| pause.as_ref());
            Ok(pauses.filter(|pause| pause.holds(now)).cloned().collect())
        };
        self.faults.around("pauses.list", list).await
    }

    async fn pause(&self, pause: &Pause) -> Result<bool, PortError> {
        let decide = || Ok(self.decide(pause.place(), pause.since, Some(pause.clone())));
        self.faults.around("pauses.pause", decide).await
    }

    async fn resume(
        &self,
        subject: &Subject,
        by: &Author,
        at: OffsetDateTime,
    ) -> Result<bool, PortError> {
        let decide = || Ok(self.decide(place(subject, by), at, None));
        self.faults.around("pauses.resume", decide).await
    }
}
