//! Requests to the pusher, in memory.

use async_trait::async_trait;
use domain::ports::{PortError, PusherQueue};
use domain::{ConnectionId, Replay};

use super::{Faults, Kept};

/// What the pusher was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// What a connection has missed.
    Replay(Replay),
    /// The end of a connection.
    HangUp(ConnectionId),
}

/// Takes requests to nobody. Calls are named `pusher.replay`, `.hang_up`.
#[derive(Debug, Default)]
pub struct MemoryPusherQueue {
    asked: Kept<Vec<Asked>>,
    faults: Faults,
}

impl MemoryPusherQueue {
    /// Nothing asked for yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was asked for since the last time.
    pub fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock())
    }

    async fn ask(&self, call: &'static str, asked: Asked) -> Result<(), PortError> {
        let note = || {
            self.asked.lock().push(asked);
            Ok(())
        };
        self.faults.around(call, note).await
    }
}

#[async_trait]
impl PusherQueue for MemoryPusherQueue {
    async fn replay(&self, replay: &Replay) -> Result<(), PortError> {
        self.ask("pusher.replay", Asked::Replay(replay.clone()))
            .await
    }

    async fn hang_up(&self, id: &ConnectionId) -> Result<(), PortError> {
        self.ask("pusher.hang_up", Asked::HangUp(id.clone())).await
    }
}
