//! The way of broadcasts to the pusher, in memory.

use async_trait::async_trait;
use domain::broadcast::Part;
use domain::ports::{BroadcastQueue, PortError};
use time::Duration;

use super::{Faults, Kept};

/// Takes parts to nobody. The call is named `broadcasts.send`, also for each of many.
#[derive(Debug, Default)]
pub struct MemoryBroadcastQueue {
    sent: Kept<Vec<(Part, Duration)>>,
    faults: Faults,
}

impl MemoryBroadcastQueue {
    /// An empty queue.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was sent since the last time, with its delay.
    pub fn take(&self) -> Vec<(Part, Duration)> {
        std::mem::take(&mut self.sent.lock())
    }
}

#[async_trait]
impl BroadcastQueue for MemoryBroadcastQueue {
    async fn send_all(&self, parts: &[Part], delay: Duration) -> Vec<Result<(), PortError>> {
        let mut outcomes = vec![];
        for part in parts {
            let send = || {
                self.sent.lock().push((part.clone(), delay));
                Ok(())
            };
            outcomes.push(self.faults.around("broadcasts.send", send).await);
        }
        outcomes
    }
}
