//! Submissions in memory.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{ExpiredItem, Expiring, PortError, Recorded, SubmissionLedger};
use domain::{Fingerprint, IdempotencyKey, RequestId, Submission, Task, TenantId};
use time::OffsetDateTime;

use super::sweep::first;
use super::{Faults, Kept, MemoryTasks};

/// Remembers submissions and stores their tasks. Calls are named `submissions.create_once`, `.find`,
/// `.expired`, `.discard`.
#[derive(Debug, Default)]
pub struct MemorySubmissions {
    records: Kept<HashMap<(TenantId, IdempotencyKey), (Submission, RequestId)>>,
    tasks: Arc<MemoryTasks>,
    faults: Faults,
}

impl MemorySubmissions {
    /// Remembers nothing yet; stores tasks among these.
    pub fn new(tasks: &Arc<MemoryTasks>, faults: &Faults) -> Self {
        Self {
            records: Kept::default(),
            tasks: tasks.clone(),
            faults: faults.clone(),
        }
    }

    fn record(
        &self,
        task: &Task,
        submission: &Submission,
        now: OffsetDateTime,
    ) -> Result<Recorded, PortError> {
        let key = (task.tenant.clone(), submission.key.clone());
        let mut records = self.records.lock();
        if let Some((known, id)) = records.get(&key).filter(|(known, _)| known.is_live(now)) {
            return Ok(if *id == task.request_id {
                Recorded::Created
            } else {
                Recorded::Known {
                    request_id: *id,
                    fingerprint: known.fingerprint,
                }
            });
        }
        self.tasks.insert_new(task)?;
        records.insert(key, (submission.clone(), task.request_id));
        Ok(Recorded::Created)
    }
}

#[async_trait]
impl SubmissionLedger for MemorySubmissions {
    async fn create_once(
        &self,
        task: &Task,
        submission: &Submission,
        now: OffsetDateTime,
    ) -> Result<Recorded, PortError> {
        let record = || self.record(task, submission, now);
        self.faults.around("submissions.create_once", record).await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: OffsetDateTime,
    ) -> Result<Option<(RequestId, Fingerprint)>, PortError> {
        let find = || {
            let records = self.records.lock();
            let known = records.get(&(tenant.clone(), key.clone()));
            let known = known.filter(|(known, _)| known.is_live(now));
            Ok(known.map(|(known, id)| (*id, known.fingerprint)))
        };
        self.faults.around("submissions.find", find).await
    }
}

fn name((tenant, key): &(TenantId, IdempotencyKey)) -> String {
    format!("{tenant}#{}", key.as_str())
}

#[async_trait]
impl Expiring for MemorySubmissions {
    async fn expired(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ExpiredItem>, PortError> {
        let expired = || {
            let records = self.records.lock();
            let ended = records.iter().filter(|(_, (known, _))| !known.is_live(now));
            let ended = ended.map(|(key, (known, _))| (known.expires_at, name(key)));
            Ok(first(ended, limit))
        };
        self.faults.around("submissions.expired", expired).await
    }

    async fn discard(&self, item: &ExpiredItem, now: OffsetDateTime) -> Result<bool, PortError> {
        let discard = || {
            let mut records = self.records.lock();
            let before = records.len();
            records.retain(|key, (known, _)| name(key) != item.0 || known.is_live(now));
            Ok(records.len() < before)
        };
        self.faults.around("submissions.discard", discard).await
    }
}
