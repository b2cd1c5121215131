//! Counts tasks that are submitted with a key.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{PortError, Recorded, SubmissionLedger};
use domain::{Fingerprint, IdempotencyKey, RequestId, Submission, Task, TenantId};
use time::OffsetDateTime;

use crate::Meter;
use crate::tasks::submitted;

/// A ledger whose new tasks are counted. A repeated submission makes none.
pub struct MeteredSubmissions {
    ledger: Arc<dyn SubmissionLedger>,
    meter: Meter,
}

impl MeteredSubmissions {
    /// Counts the tasks that this ledger makes.
    pub fn new(ledger: Arc<dyn SubmissionLedger>, meter: &Meter) -> Self {
        let meter = meter.clone();
        Self { ledger, meter }
    }
}

#[async_trait]
impl SubmissionLedger for MeteredSubmissions {
    async fn create_once(
        &self,
        task: &Task,
        submission: &Submission,
        now: OffsetDateTime,
    ) -> Result<Recorded, PortError> {
        let recorded = self.ledger.create_once(task, submission, now).await?;
        if recorded == Recorded::Created {
            submitted(&self.meter, task);
        }
        Ok(recorded)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: OffsetDateTime,
    ) -> Result<Option<(RequestId, Fingerprint)>, PortError> {
        self.ledger.find(tenant, key, now).await
    }
}
