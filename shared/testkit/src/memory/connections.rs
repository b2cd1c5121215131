//! Connections in memory.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::connection::MOST_TOPICS;
use domain::ports::{ConnectionStore, Followed, FrameMeter, Metered, PortError, Subscriptions};
use domain::{Connection, ConnectionId, Pace, Topic};
use time::OffsetDateTime;

use super::{Faults, Kept};

/// Keeps connections. Calls are named `connections.register`, `.find`, `.remove`, `.listeners`,
/// `.follow`, `.unfollow`, `.count`.
#[derive(Debug, Default)]
pub struct MemoryConnections {
    pub(super) connections: Kept<BTreeMap<ConnectionId, Open>>,
    pub(super) faults: Faults,
}

/// What is kept of a connection.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) connection: Connection,
    topics: BTreeSet<Topic>,
    /// What its meter shows.
    until: Option<OffsetDateTime>,
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
        if let Some(open) = self.connections.lock().get_mut(id) {
            open.topics.insert(topic);
        }
    }

    /// What a connection listens to; nothing where it is not stored.
    pub fn topics(&self, id: &ConnectionId) -> BTreeSet<Topic> {
        let connections = self.connections.lock();
        connections
            .get(id)
            .map(|open| open.topics.clone())
            .unwrap_or_default()
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
            let open = Open {
                connection: connection.clone(),
                topics: BTreeSet::from([connection.own_topic()]),
                until: None,
            };
            self.connections.lock().insert(connection.id.clone(), open);
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
            let found = connections.get(id).map(|open| open.connection.clone());
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
            let listening = connections
                .values()
                .filter(|open| now < open.connection.expires_at() && open.topics.contains(topic));
            Ok(listening.map(|open| open.connection.id.clone()).collect())
        };
        self.faults.around("connections.listeners", listeners).await
    }
}

#[async_trait]
impl Subscriptions for MemoryConnections {
    async fn follow(&self, connection: &Connection, topic: &Topic) -> Result<Followed, PortError> {
        let follow = || {
            let mut connections = self.connections.lock();
            let Some(open) = connections.get_mut(&connection.id) else {
                return Ok(Followed::NotConnected);
            };
            if open.topics.len() >= MOST_TOPICS && !open.topics.contains(topic) {
                return Ok(Followed::TooManyTopics);
            }
            open.topics.insert(topic.clone());
            Ok(Followed::Listening)
        };
        self.faults.around("connections.follow", follow).await
    }

    async fn unfollow(&self, connection: &Connection, topic: &Topic) -> Result<(), PortError> {
        let unfollow = || {
            if let Some(open) = self.connections.lock().get_mut(&connection.id) {
                open.topics.remove(topic);
            }
            Ok(())
        };
        self.faults.around("connections.unfollow", unfollow).await
    }
}

#[async_trait]
impl FrameMeter for MemoryConnections {
    async fn count(
        &self,
        id: &ConnectionId,
        now: OffsetDateTime,
        pace: Pace,
    ) -> Result<Option<Metered>, PortError> {
        let count = || {
            let mut connections = self.connections.lock();
            let open = connections.get_mut(id);
            Ok(open
                .filter(|open| now < open.connection.expires_at())
                .map(|open| {
                    let (verdict, until) = pace.count(open.until, now);
                    open.until = Some(until);
                    Metered {
                        connection: open.connection.clone(),
                        verdict,
                    }
                }))
        };
        self.faults.around("connections.count", count).await
    }
}
