//! Connections in memory.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::ports::{ConnectionStore, PortError};
use domain::{Connection, ConnectionId, Topic};
use time::OffsetDateTime;

use super::{Faults, Kept};

/// Keeps connections. Calls are named `connections.register`, `.find`, `.remove`, `.listeners`.
#[derive(Debug, Default)]
pub struct MemoryConnections {
    pub(super) connections: Kept<BTreeMap<ConnectionId, (Connection, BTreeSet<Topic>)>>,
    pub(super) faults: Faults,
}

impl MemoryConnections {
    /// Nobody is connected yet.
    pub fn new(faults: &Faults) -> Self {
        Self {
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Lets a registered connection listen to one more topic, as a test's preparation.
    pub fn subscribe(&self, id: &ConnectionId, topic: Topic) {
        if let Some((_, topics)) = self.connections.lock().get_mut(id) {
            topics.insert(topic);
        }
    }

    /// The ids of all connections.
    pub fn ids(&self) -> Vec<ConnectionId> {
        self.connections.lock().keys().cloned().collect()
    }
}

#[async_trait]
impl ConnectionStore for MemoryConnections {
    async fn register(&self, connection: &Connection) -> Result<(), PortError> {
        let register = || {
            let topics = BTreeSet::from([connection.own_topic()]);
            let stored = (connection.clone(), topics);
            self.connections
                .lock()
                .insert(connection.id.clone(), stored);
            Ok(())
        };
        self.faults.around("connections.register", register).await
    }

    async fn find(
        &self,
        id: &ConnectionId,
        now: OffsetDateTime,
    ) -> Result<Option<Connection>, PortError> {
        let find = || {
            let connections = self.connections.lock();
            let found = connections
                .get(id)
                .map(|(connection, _)| connection.clone());
            Ok(found.filter(|connection| now < connection.expires_at()))
        };
        self.faults.around("connections.find", find).await
    }

    async fn remove(&self, id: &ConnectionId) -> Result<(), PortError> {
        let remove = || {
            self.connections.lock().remove(id);
            Ok(())
        };
        self.faults.around("connections.remove", remove).await
    }

    async fn listeners(
        &self,
        topic: &Topic,
        now: OffsetDateTime,
    ) -> Result<Vec<ConnectionId>, PortError> {
        let listeners = || {
            let connections = self.connections.lock();
            let open = connections.values().filter(|(connection, topics)| {
                now < connection.expires_at() && topics.contains(topic)
            });
            Ok(open.map(|(connection, _)| connection.id.clone()).collect())
        };
        self.faults.around("connections.listeners", listeners).await
    }
}
