//! Results in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::ports::{PortError, ResultLink, ResultStore};
use domain::{RequestId, TenantId};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::{Faults, Kept};

/// Keeps large results. Calls are named `results.put`, `results.get`, `results.link`.
#[derive(Debug, Default)]
pub struct MemoryResults {
    objects: Kept<BTreeMap<String, Value>>,
    faults: Faults,
}

impl MemoryResults {
    /// No results yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// What a link leads to.
    pub fn follow(&self, link: &ResultLink) -> Option<Value> {
        let key = link.url.strip_prefix("memory://")?;
        self.objects.lock().get(key).cloned()
    }

    /// Every key in use.
    pub fn keys(&self) -> Vec<String> {
        self.objects.lock().keys().cloned().collect()
    }
}

#[async_trait]
impl ResultStore for MemoryResults {
    async fn put(
        &self,
        tenant: &TenantId,
        id: RequestId,
        attempt: u32,
        result: &Value,
    ) -> Result<String, PortError> {
        let put = || {
            let key = format!("{tenant}/results/{id}/{attempt}.json");
            self.objects.lock().insert(key.clone(), result.clone());
            Ok(key)
        };
        self.faults.around("results.put", put).await
    }

    async fn get(&self, key: &str) -> Result<Option<Value>, PortError> {
        let get = || Ok(self.objects.lock().get(key).cloned());
        self.faults.around("results.get", get).await
    }

    async fn link(
        &self,
        key: &str,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Result<ResultLink, PortError> {
        let link = || {
            Ok(ResultLink {
                url: format!("memory://{key}"),
                expires_at: now + lifetime,
            })
        };
        self.faults.around("results.link", link).await
    }
}
