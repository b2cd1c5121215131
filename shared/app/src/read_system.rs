//! How the service stands: what operators see first.

use std::sync::Arc;
use std::time::Duration;

use domain::causes;
use domain::operations::{Depth, QueueDepth, QueueName, System};
use domain::overflow::Takers;
use domain::pool::Heartbeat;
use domain::ports::{Clock, EventSources, PoolHeartbeats, PortError, QueueDepths};
use futures::future::try_join_all;
use time::OffsetDateTime;
use tokio::time::timeout;

use crate::CountConnections;

/// How long Lambda's control plane is waited for: a function in a network of its own may not reach it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells how the service stands.
#[derive(Clone)]
pub struct ReadSystem {
    /// How much is in the queues.
    pub queues: Arc<dyn QueueDepths>,
    /// Who is connected.
    pub connections: CountConnections,
    /// Which processes of the pool there are.
    pub pool: Arc<dyn PoolHeartbeats>,
    /// Whether Lambda takes tasks beside them.
    pub sources: Arc<dyn EventSources>,
    /// When that was.
    pub clock: Arc<dyn Clock>,
}

impl ReadSystem {
    /// Asks everybody at once.
    pub async fn run(&self) -> Result<System, PortError> {
        let queues = try_join_all(QueueName::ALL.map(|name| self.queue(name)));
        let (queues, connected, pool) =
            tokio::join!(queues, self.connections.run(), self.pool.all());
        let (connected, pool, at) = (connected?, pool?, self.clock.now());
        Ok(System {
            at,
            queues: queues?,
            open: connected.total().open,
            counted_all: !connected.truncated,
            takers: self.takers(&pool, at).await,
            pool,
        })
    }

    async fn queue(&self, name: QueueName) -> Result<QueueDepth, PortError> {
        let dead = async {
            match name.dead_letters() {
                Some(dead) => self.queues.dead(dead).await,
                None => Ok(Depth::default()),
            }
        };
        let (waiting, dead) = tokio::try_join!(self.queues.depth(name), dead)?;
        Ok(QueueDepth::of(name, waiting, dead))
    }

    /// Without a pool nobody is asked.
    async fn takers(&self, pool: &[Heartbeat], now: OffsetDateTime) -> Option<Takers> {
        if !pool.iter().any(|process| process.is_alive(now)) {
            return Some(Takers::Lambda);
        }
        match timeout(PATIENCE, self.sources.state()).await {
            Ok(Ok(state)) if state.enabled == Some(false) => Some(Takers::Pool),
            Ok(Ok(_)) => Some(Takers::Both),
            Ok(Err(error)) => {
                tracing::warn!(error = causes(&error), "nobody knows whether Lambda helps");
                None
            }
            Err(_) => {
                tracing::warn!("nobody said in time whether Lambda helps");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::PoolId;
    use domain::pool::DEAD_AFTER;
    use testkit::ambient::FixedClock;
    use testkit::build::NOW;
    use testkit::memory::{
        Fault, Faults, MemoryConnections, MemoryEventSources, MemoryHeartbeats, MemoryQueueDepths,
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_takes_tasks_follows_from_the_pool_and_the_event_sources() {
        let faults = Faults::default();
        let clock = Arc::new(FixedClock::at(NOW));
        let connections = Arc::new(MemoryConnections::new(&faults));
        let read = ReadSystem {
            queues: Arc::new(MemoryQueueDepths::new(&faults)),
            connections: CountConnections::quick(connections, clock.clone()),
            pool: Arc::new(MemoryHeartbeats::new(clock.clone(), &faults)),
            sources: Arc::new(MemoryEventSources::new(clock.clone(), &faults)),
            clock: clock.clone(),
        };
        assert_eq!(read.run().await.unwrap().takers, Some(Takers::Lambda));
        assert_eq!(faults.count("sources.state"), 0);

        let heartbeat = Heartbeat {
            id: PoolId::new("one").unwrap(),
            started_at: NOW,
            seen_at: NOW,
            capacity: 8,
            running: 3,
            oldest_wait_ms: None,
            taken: 7,
            full_since: None,
        };
        read.pool.beat(&heartbeat).await.unwrap();
        let system = read.run().await.unwrap();
        assert_eq!(
            (system.takers, system.pool),
            (Some(Takers::Both), vec![heartbeat])
        );
        read.sources.set(false).await.unwrap();
        assert_eq!(read.run().await.unwrap().takers, Some(Takers::Pool));
        for fault in [Fault::Unavailable, Fault::HangBefore] {
            faults.on("sources.state", 1, fault);
            assert_eq!(read.run().await.unwrap().takers, None);
        }
        clock.advance(DEAD_AFTER);
        let system = read.run().await.unwrap();
        assert_eq!(
            (system.takers, system.pool.len()),
            (Some(Takers::Lambda), 1)
        );
    }
}
