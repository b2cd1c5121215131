//! How the service stands: what operators see first.

use std::sync::Arc;

use domain::operations::System;
use domain::ports::{Clock, PortError, QueueDepths};

use crate::CountConnections;

/// Tells how the service stands.
#[derive(Clone)]
pub struct ReadSystem {
    /// How much is in the queues.
    pub queues: Arc<dyn QueueDepths>,
    /// Who is connected.
    pub connections: CountConnections,
    /// When that was.
    pub clock: Arc<dyn Clock>,
}

impl ReadSystem {
    /// Asks everybody at once.
    pub async fn run(&self) -> Result<System, PortError> {
        let (queues, connected) = tokio::join!(self.queues.depths(), self.connections.run());
        let connected = connected?;
        Ok(System {
            at: self.clock.now(),
            queues: queues?,
            open: connected.total().open,
            counted_all: !connected.truncated,
        })
    }
}
