//! Heartbeats of the pool in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::ids::PoolId;
use domain::pool::Heartbeat;
use domain::ports::{Clock, PoolHeartbeats, PortError};

use super::{Faults, Kept};

/// Keeps heartbeats. Calls are named `heartbeats.beat`, `.all`, `.forget`.
pub struct MemoryHeartbeats {
    heartbeats: Kept<BTreeMap<PoolId, Heartbeat>>,
    clock: Arc<dyn Clock>,
    faults: Faults,
}

impl MemoryHeartbeats {
    /// No process yet; the clock tells which heartbeats have expired.
    pub fn new(clock: Arc<dyn Clock>, faults: &Faults) -> Self {
        Self {
            heartbeats: Kept::default(),
            clock,
            faults: faults.clone(),
        }
    }
}

#[async_trait]
impl PoolHeartbeats for MemoryHeartbeats {
    async fn beat(&self, heartbeat: &Heartbeat) -> Result<(), PortError> {
        let beat = || {
            let mut heartbeats = self.heartbeats.lock();
            heartbeats.insert(heartbeat.id.clone(), heartbeat.clone());
            Ok(())
        };
        self.faults.around("heartbeats.beat", beat).await
    }

    async fn all(&self) -> Result<Vec<Heartbeat>, PortError> {
        let all = || {
            let (now, heartbeats) = (self.clock.now(), self.heartbeats.lock());
            let kept = heartbeats.values().filter(|beat| beat.expires_at() > now);
            Ok(kept.cloned().collect())
        };
        self.faults.around("heartbeats.all", all).await
    }

    async fn forget(&self, id: &PoolId) -> Result<(), PortError> {
        let forget = || {
            self.heartbeats.lock().remove(id);
            Ok(())
        };
        self.faults.around("heartbeats.forget", forget).await
    }
}
