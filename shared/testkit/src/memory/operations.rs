//! What those who run the service look at, in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::dead_letters::DeadQueue;
use domain::feed::Posting;
use domain::operations::{Depth, QueueName};
use domain::ports::{PortError, Postings, QueueDepths};

use super::{Faults, Kept};

/// Queues that are as full as a test says. The calls are named `queues.depth` and `queues.dead`.
#[derive(Debug, Default)]
pub struct MemoryQueueDepths {
    queues: Kept<HashMap<QueueName, Depth>>,
    dead: Kept<HashMap<DeadQueue, Depth>>,
    faults: Faults,
}

/// What is in a queue that nobody has sent anything to.
const EMPTY: Depth = Depth {
    visible: Some(0),
    in_flight: Some(0),
    delayed: Some(0),
};

impl MemoryQueueDepths {
    /// All are empty.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// From now on so many messages wait in a queue; none where it does not say.
    pub fn holds(&self, queue: QueueName, visible: Option<u64>) {
        let depth = Depth { visible, ..EMPTY };
        self.queues.lock().insert(queue, depth);
    }

    /// From now on so many dead letters of a queue wait for a person.
    pub fn buries(&self, queue: DeadQueue, visible: Option<u64>) {
        let depth = Depth { visible, ..EMPTY };
        self.dead.lock().insert(queue, depth);
    }
}

#[async_trait]
impl QueueDepths for MemoryQueueDepths {
    async fn depth(&self, queue: QueueName) -> Result<Depth, PortError> {
        let depth = || Ok(self.queues.lock().get(&queue).copied().unwrap_or(EMPTY));
        self.faults.around("queues.depth", depth).await
    }

    async fn dead(&self, queue: DeadQueue) -> Result<Depth, PortError> {
        let dead = || Ok(self.dead.lock().get(&queue).copied().unwrap_or(EMPTY));
        self.faults.around("queues.dead", dead).await
    }
}

/// Takes postings to nobody. The call is named `postings.send`.
#[derive(Debug, Default)]
pub struct MemoryPostings {
    sent: Kept<Vec<Posting>>,
    faults: Faults,
}

impl MemoryPostings {
    /// An empty queue.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Takes everything that was sent since the last time.
    pub fn take(&self) -> Vec<Posting> {
        std::mem::take(&mut self.sent.lock())
    }
}

#[async_trait]
impl Postings for MemoryPostings {
    async fn send(&self, posting: &Posting) -> Result<(), PortError> {
        let send = || {
            self.sent.lock().push(posting.clone());
            Ok(())
        };
        self.faults.around("postings.send", send).await
    }
}
