//! Event sources in memory.

use std::sync::Arc;

use async_trait::async_trait;
use domain::overflow::EventSourceState;
use domain::ports::{Clock, EventSources, PortError};

use super::{Faults, Kept};

/// Turns nothing on and off, and remembers that. Calls are named `sources.state`, `.set`.
pub struct MemoryEventSources {
    state: Kept<EventSourceState>,
    clock: Arc<dyn Clock>,
    faults: Faults,
}

impl MemoryEventSources {
    /// On, since now.
    pub fn new(clock: Arc<dyn Clock>, faults: &Faults) -> Self {
        let on = EventSourceState {
            enabled: Some(true),
            changed_at: clock.now(),
        };
        Self {
            state: Kept(on.into()),
            clock,
            faults: faults.clone(),
        }
    }
}

#[async_trait]
impl EventSources for MemoryEventSources {
    async fn state(&self) -> Result<EventSourceState, PortError> {
        let state = || Ok(*self.state.lock());
        self.faults.around("sources.state", state).await
    }

    async fn set(&self, enabled: bool) -> Result<(), PortError> {
        let set = || {
            *self.state.lock() = EventSourceState {
                enabled: Some(enabled),
                changed_at: self.clock.now(),
            };
            Ok(())
        };
        self.faults.around("sources.set", set).await
    }
}
