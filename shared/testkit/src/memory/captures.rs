//! Captures in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::capture::{Capture, folder};
use domain::ports::{CaptureShelf, Captures, PortError};
use time::Date;

use super::{Faults, Kept};

/// Keeps failed records. Calls are named `captures.keep`, `captures.of_day`, `captures.read`.
#[derive(Debug, Default)]
pub struct MemoryCaptures {
    kept: Kept<BTreeMap<String, Capture>>,
    faults: Faults,
}

impl MemoryCaptures {
    /// Nothing kept yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Everything that is kept, by key.
    pub fn all(&self) -> Vec<Capture> {
        self.kept.lock().values().cloned().collect()
    }
}

#[async_trait]
impl Captures for MemoryCaptures {
    async fn keep(&self, capture: &Capture) -> Result<String, PortError> {
        let keep = || {
            let key = capture.key();
            self.kept.lock().insert(key.clone(), capture.clone());
            Ok(key)
        };
        self.faults.around("captures.keep", keep).await
    }
}

#[async_trait]
impl CaptureShelf for MemoryCaptures {
    async fn of_day(&self, function: &str, day: Date) -> Result<Vec<String>, PortError> {
        let folder = folder(function, day);
        let list = || {
            let kept = self.kept.lock();
            let keys = kept.keys().filter(|key| key.starts_with(&folder));
            Ok(keys.cloned().collect())
        };
        self.faults.around("captures.of_day", list).await
    }

    async fn read(&self, key: &str) -> Result<Option<Capture>, PortError> {
        let read = || Ok(self.kept.lock().get(key).cloned());
        self.faults.around("captures.read", read).await
    }
}
