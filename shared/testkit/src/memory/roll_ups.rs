//! Hours to be rolled up, in memory. Nothing is computed: figures are made when they are asked for.

use async_trait::async_trait;
use domain::event::What;
use domain::ports::{OutdatedHours, PortError, RollUps};
use domain::{Event, TenantId};
use time::{OffsetDateTime, Time};

use super::MemoryEvents;

/// Every hour counts as over. Calls are named `events.outdated`, `.roll_up`, `.postpone`.
#[async_trait]
impl RollUps for MemoryEvents {
    async fn outdated(&self, most_hours: usize) -> Result<Vec<OutdatedHours>, PortError> {
        let outdated = || {
            let mut days: Vec<OutdatedHours> = vec![];
            for (tenant, hour) in self.touched.lock().iter().take(most_hours) {
                let day = hour.replace_time(Time::MIDNIGHT);
                let same = |known: &&mut OutdatedHours| known.day == day && known.tenant == *tenant;
                match days.iter_mut().find(same) {
                    Some(known) => known.hours.push(*hour),
                    None => days.push(OutdatedHours {
                        tenant: tenant.clone(),
                        day,
                        hours: vec![*hour],
                    }),
                }
            }
            Ok(days)
        };
        self.faults().around("events.outdated", outdated).await
    }

    async fn roll_up(&self, outdated: &OutdatedHours) -> Result<(), PortError> {
        let roll_up = || {
            self.take_out(outdated);
            Ok(())
        };
        self.faults().around("events.roll_up", roll_up).await
    }

    async fn postpone(&self, outdated: &OutdatedHours) -> Result<(), PortError> {
        let postpone = || {
            let taken = self.take_out(outdated);
            self.touched.lock().extend(taken);
            Ok(())
        };
        self.faults().around("events.postpone", postpone).await
    }
}

impl MemoryEvents {
    pub(super) fn touch(&self, tenant: &TenantId, events: &[Event]) {
        let requests = events
            .iter()
            .filter(|event| matches!(event.what, What::Request(_)));
        let mut touched = self.touched.lock();
        for hour in requests.filter_map(|event| hour(event.at)) {
            let mark = (tenant.clone(), hour);
            if !touched.contains(&mark) {
                touched.push(mark);
            }
        }
    }

    fn take_out(&self, outdated: &OutdatedHours) -> Vec<(TenantId, OffsetDateTime)> {
        let ours = |(tenant, hour): &mut (TenantId, OffsetDateTime)| {
            *tenant == outdated.tenant && outdated.hours.contains(hour)
        };
        self.touched.lock().extract_if(.., ours).collect()
    }
}

/// When the hour starts that a moment lies in.
fn hour(at: OffsetDateTime) -> Option<OffsetDateTime> {
    let start = Time::from_hms(at.hour(), 0, 0).ok()?;
    Some(at.replace_time(start))
}
