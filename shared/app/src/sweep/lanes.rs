//! Puts lanes right that are in use.

use std::sync::Arc;

use domain::causes;
use domain::lanes::{BETWEEN_LOOKS, BETWEEN_LOOKS_AT_HELD};
use domain::ports::{DueLane, LaneWatch, PortError, TaskStore};
use futures::StreamExt as _;
use futures::stream;
use time::OffsetDateTime;

use super::Swept;
use crate::gate::{Gate, Repaired};

/// Most lanes in one run.
pub const MOST_LANES: usize = 100;

/// How many are dealt with at once: each makes several calls at a time.
const AT_ONCE: usize = 4;

/// Puts lanes right.
#[derive(Clone)]
pub struct LaneSweep {
    /// Lets tasks on their way.
    pub gate: Gate,
    /// Tells which lanes are in use.
    pub watch: Arc<dyn LaneWatch>,
    /// Tells which tasks have ended.
    pub tasks: Arc<dyn TaskStore>,
}

impl LaneSweep {
    pub(crate) async fn run(&self, now: OffsetDateTime) -> Swept {
        let mut swept = Swept::default();
        let due = match self.watch.due(now, MOST_LANES).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(error = causes(&error), "due lanes cannot be found");
                swept.faults = 1;
                return swept;
            }
        };
        let looks: Vec<_> = due.iter().map(|lane| self.look_at(lane, now)).collect();
        let mut looks = stream::iter(looks).buffer_unordered(AT_ONCE);
        while let Some(look) = looks.next().await {
            match look {
                Ok(repaired) => {
                    swept.places_freed += repaired.freed;
                    swept.admitted += repaired.admitted;
                }
                // Another sweep has it, or somebody has just entered.
                Err(PortError::Conflict { .. }) => {}
                Err(error) => {
                    tracing::warn!(error = causes(&error), "a lane was not put right");
                    swept.faults += 1;
                }
            }
        }
        swept
    }

    /// Deferring comes first, so that one of several sweeps looks at the lane, and one that cannot
    /// be put right does not stand before the others. Where tasks wait for their time the next look
    /// is sooner.
    async fn look_at(&self, lane: &DueLane, now: OffsetDateTime) -> Result<Repaired, PortError> {
        let next = (now + BETWEEN_LOOKS).truncate_to_second();
        self.watch.defer(lane, next).await?;
        let lane = DueLane {
            tenant: lane.tenant.clone(),
            due_at: next,
        };
        let repaired = self.gate.repair(&lane.tenant, self.tasks.as_ref()).await?;
        if repaired.freed + repaired.admitted > 0 {
            tracing::warn!(
                tenant = %lane.tenant, lane.freed = repaired.freed, lane.admitted = repaired.admitted,
                "a lane was put right"
            );
        }
        if repaired.empty {
            self.watch.close(&lane).await?;
        } else if repaired.held > 0 {
            let sooner = now + BETWEEN_LOOKS_AT_HELD;
            self.watch.defer(&lane, sooner).await?;
        }
        Ok(repaired)
    }
}
