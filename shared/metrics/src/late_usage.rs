//! Counts what tasks used and nobody wrote down.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{LateUsage, PortError};
use domain::{RequestId, TenantId, Usage};
use emf::{Metric, Unit};

use crate::Meter;

const LOST: Metric = Metric::new("UsageLost", Unit::Count);

/// Late usage whose additions are counted that fail: they are not tried again.
pub struct MeteredLateUsage {
    late_usage: Arc<dyn LateUsage>,
    meter: Meter,
}

impl MeteredLateUsage {
    /// Counts the additions to this that fail.
    pub fn new(late_usage: Arc<dyn LateUsage>, meter: &Meter) -> Self {
        let meter = meter.clone();
        Self { late_usage, meter }
    }
}

#[async_trait]
impl LateUsage for MeteredLateUsage {
    async fn add(&self, tenant: &TenantId, id: RequestId, usage: Usage) -> Result<(), PortError> {
        let added = self.late_usage.add(tenant, id, usage).await;
        if added.is_err() {
            self.meter.by(&[]).increment(&LOST);
        }
        added
    }

    async fn total(&self, tenant: &TenantId, id: RequestId) -> Result<Usage, PortError> {
        self.late_usage.total(tenant, id).await
    }
}

#[cfg(test)]
mod tests {
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryTasks};

    use super::*;

    #[tokio::test]
    async fn only_additions_that_fail_are_counted() {
        let faults = Faults::default();
        faults.on("late_usage.add", 2, Fault::Unavailable);
        let meter = Meter::new("test", "pusher", Arc::new(FixedClock::at(NOW))).unwrap();
        let late = MeteredLateUsage::new(Arc::new(MemoryTasks::new(&faults)), &meter);
        let (tenant, id) = (build::tenant(), build::request_id());
        let usage = Usage::lambda(1, 1);
        for ends_well in [true, false, true] {
            assert_eq!(late.add(&tenant, id, usage).await.is_ok(), ends_well);
        }
        assert_eq!(late.total(&tenant, id).await.unwrap(), usage + usage);
        let mut line = Vec::new();
        meter.flush_to(&mut line);
        let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(line["UsageLost"].as_f64(), Some(1.0));
    }
}
