//! A gateway in memory.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use domain::ConnectionId;
use domain::ports::{PortError, PostError, Postman, Switchboard};
use tokio::time::{Instant, sleep};

use super::Kept;

/// How a connection takes messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// At once.
    Open,
    /// After this long.
    Slow(Duration),
    /// Never: it is closed.
    Gone,
    /// Not this often, then at once.
    Throttled(u32),
    /// Never, without a reason.
    Failing,
    /// Never, and the call does not return: whoever waits for it must give up.
    Hanging,
}

/// A message that a connection has taken, and when on tokio's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The connection.
    pub id: ConnectionId,
    /// The message.
    pub message: String,
    /// When it was taken.
    pub at: Instant,
}

/// Posts messages into a list. Connections are open unless told otherwise.
#[derive(Debug, Default)]
pub struct MemoryPostman {
    behaviours: Kept<HashMap<ConnectionId, Behaviour>>,
    posted: Kept<Vec<Posted>>,
    tries: Kept<HashMap<ConnectionId, usize>>,
    closed: Kept<Vec<ConnectionId>>,
}

impl MemoryPostman {
    /// Decides how a connection takes messages from now on.
    pub fn set(&self, id: &ConnectionId, behaviour: Behaviour) {
        self.behaviours.lock().insert(id.clone(), behaviour);
    }

    /// Every message taken so far, in order.
    pub fn posted(&self) -> Vec<Posted> {
        self.posted.lock().clone()
    }

    /// The messages that one connection has taken, in order.
    pub fn posted_to(&self, id: &ConnectionId) -> Vec<String> {
        let posted = self.posted().into_iter().filter(|posted| &posted.id == id);
        posted.map(|posted| posted.message).collect()
    }

    /// The connections that were closed, in order.
    pub fn closed(&self) -> Vec<ConnectionId> {
        self.closed.lock().clone()
    }

    /// How often a message was offered to a connection.
    pub fn tries(&self, id: &ConnectionId) -> usize {
        self.tries.lock().get(id).copied().unwrap_or_default()
    }

    fn behaviour(&self, id: &ConnectionId) -> Behaviour {
        let mut behaviours = self.behaviours.lock();
        let behaviour = behaviours.entry(id.clone()).or_insert(Behaviour::Open);
        let now = *behaviour;
        if let Behaviour::Throttled(left) = now {
            *behaviour = match left {
                0 | 1 => Behaviour::Open,
                more => Behaviour::Throttled(more - 1),
            };
        }
        now
    }
}

#[async_trait]
impl Postman for MemoryPostman {
    async fn post(&self, id: &ConnectionId, message: &str) -> Result<(), PostError> {
        *self.tries.lock().entry(id.clone()).or_default() += 1;
        match self.behaviour(id) {
            Behaviour::Open => {}
            Behaviour::Slow(length) => sleep(length).await,
            Behaviour::Hanging => std::future::pending().await,
            Behaviour::Gone => return Err(PostError::Gone),
            Behaviour::Throttled(_) => return Err(PostError::Throttled),
            Behaviour::Failing => {
                return Err(PortError::unavailable("memory", "a planned fault").into());
            }
        }
        self.posted.lock().push(Posted {
            id: id.clone(),
            message: message.to_owned(),
            at: Instant::now(),
        });
        Ok(())
    }
}

#[async_trait]
impl Switchboard for MemoryPostman {
    async fn close(&self, id: &ConnectionId) -> Result<(), PostError> {
        match self.behaviour(id) {
            Behaviour::Gone => Err(PostError::Gone),
            Behaviour::Throttled(_) => Err(PostError::Throttled),
            Behaviour::Failing => Err(PortError::unavailable("memory", "a planned fault").into()),
            Behaviour::Open | Behaviour::Slow(_) | Behaviour::Hanging => {
                self.set(id, Behaviour::Gone);
                self.closed.lock().push(id.clone());
                Ok(())
            }
        }
    }
}
