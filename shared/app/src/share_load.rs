//! Has Lambda take what the pool does not manage, and only that.

use std::sync::Arc;

use domain::operations::QueueName;
use domain::overflow::{Patience, Sight, Takers};
use domain::ports::{Clock, EventSources, PoolHeartbeats, PortError, QueueDepths};
use time::Duration;

/// Turns the worker's event sources on and off, as [`domain::overflow`] decides.
#[derive(Clone)]
pub struct ShareLoad {
    /// How the pool is.
    pub heartbeats: Arc<dyn PoolHeartbeats>,
    /// How many messages wait.
    pub queues: Arc<dyn QueueDepths>,
    /// What is turned on and off.
    pub sources: Arc<dyn EventSources>,
    /// Which processes are dead.
    pub clock: Arc<dyn Clock>,
    /// When Lambda begins to help, and when it stops.
    pub patience: Patience,
}

/// Who takes tasks from now on, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadShared {
    /// Who.
    pub takers: Takers,
    /// Whether the event sources were turned on or off for that.
    pub switched: bool,
    /// Processes of the pool that are alive.
    pub processes: usize,
    /// Messages that wait, about.
    pub waiting: u64,
    /// How long the oldest of them waits, at most.
    pub oldest_wait: Duration,
    /// Calls that failed. What they would have told is taken to be at its worst, so that rather
    /// somebody too many takes tasks than nobody.
    pub faults: usize,
}

/// Whether Lambda takes tasks is not known, or could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ShareLoadError {
    /// The state of the event sources could not be read.
    #[error("it is not known whether the worker's event sources are on")]
    State(#[source] PortError),
    /// They could not be turned on or off; the next run tries again.
    #[error("the worker's event sources could not be turned {}", if *.enabled { "on" } else { "off" })]
    Switch {
        /// On or off.
        enabled: bool,
        /// Why not.
        #[source]
        cause: PortError,
    },
}

/// A queue left out how many messages wait. That is not none: who takes tasks hangs on it.
#[derive(Debug, thiserror::Error)]
#[error("it did not say how many messages wait")]
struct Unsaid;

impl ShareLoad {
    /// Looks, decides, and changes what has to be changed.
    pub async fn run(&self) -> Result<LoadShared, ShareLoadError> {
        let (heartbeats, waiting, sources) =
            tokio::join!(self.heartbeats.all(), self.waiting(), self.sources.state());
        let sources = sources.map_err(ShareLoadError::State)?;
        let mut faults = 0;
        let heartbeats = heartbeats.unwrap_or_else(|error| {
            fault(&mut faults, "the pool's heartbeats are not known", &error);
            Vec::new()
        });
        let waiting = waiting.unwrap_or_else(|error| {
            fault(&mut faults, "the queues' depth is not known", &error);
            1
        });
        let now = self.clock.now();
        let sight = Sight {
            heartbeats: &heartbeats,
            waiting,
            sources,
            now,
        };
        let takers = sight.takers(self.patience);
        let switched = sources.differs_from(takers);
        if switched {
            let enabled = takers.need_lambda();
            let set = self.sources.set(enabled).await;
            set.map_err(|cause| ShareLoadError::Switch { enabled, cause })?;
        }
        Ok(LoadShared {
            takers,
            switched,
            processes: sight.alive().count(),
            waiting,
            oldest_wait: sight.oldest_wait(),
            faults,
        })
    }

    /// How many messages wait to be received, of all priorities.
    async fn waiting(&self) -> Result<u64, PortError> {
        let (work, urgent) = tokio::try_join!(
            self.queues.depth(QueueName::Work),
            self.queues.depth(QueueName::Urgent)
        )?;
        let waiting = work.visible.zip(urgent.visible);
        let waiting = waiting.map(|(work, urgent)| work + urgent);
        waiting.ok_or_else(|| PortError::broken("task queues", Unsaid))
    }
}

fn fault(faults: &mut usize, what: &'static str, error: &PortError) {
    tracing::warn!(error = domain::causes(error), "{what}");
    *faults += 1;
}

#[cfg(test)]
mod tests {
    use domain::pool::Heartbeat;
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryEventSources, MemoryHeartbeats, MemoryQueueDepths};

    use super::*;

    struct Scene {
        share: ShareLoad,
        heartbeats: Arc<MemoryHeartbeats>,
        queues: Arc<MemoryQueueDepths>,
        sources: Arc<MemoryEventSources>,
        clock: Arc<FixedClock>,
        faults: Faults,
    }

    impl Scene {
        /// With the event sources on since [`NOW`].
        fn new() -> Self {
            let faults = Faults::default();
            let clock = Arc::new(FixedClock::at(NOW));
            let heartbeats = Arc::new(MemoryHeartbeats::new(clock.clone(), &faults));
            let queues = Arc::new(MemoryQueueDepths::new(&faults));
            let sources = Arc::new(MemoryEventSources::new(clock.clone(), &faults));
            let share = ShareLoad {
                heartbeats: heartbeats.clone(),
                queues: queues.clone(),
                sources: sources.clone(),
                clock: clock.clone(),
                patience: Patience {
                    after: Duration::minutes(1),
                    calm: Duration::minutes(3),
                },
            };
            Self {
                share,
                heartbeats,
                queues,
                sources,
                clock,
                faults,
            }
        }

        /// Minutes later, with a heartbeat of a process that began at the beginning.
        async fn later(&self, minutes: i64, heartbeat: Heartbeat) -> LoadShared {
            self.clock.advance(Duration::minutes(minutes));
            let heartbeat = Heartbeat {
                seen_at: self.clock.now(),
                ..heartbeat
            };
            self.heartbeats.beat(&heartbeat).await.unwrap();
            self.share.run().await.unwrap()
        }

        async fn is_on(&self) -> Option<bool> {
            self.sources.state().await.unwrap().enabled
        }
    }

    #[tokio::test]
    async fn from_a_pool_alone_to_a_burst_and_back_and_to_lambda_when_it_dies() {
        let scene = Scene::new();
        let process = build::heartbeat(NOW);
        let idle = || process.clone();
        let busy = || Heartbeat {
            oldest_wait_ms: Some(61_000),
            ..process.clone()
        };
        let rounds = [
            (1, idle(), Takers::Both, false),
            (2, idle(), Takers::Pool, true),
            (1, idle(), Takers::Pool, false),
            (1, busy(), Takers::Both, true),
            (2, idle(), Takers::Both, false),
            (1, idle(), Takers::Pool, true),
        ];
        for (round, (minutes, heartbeat, takers, switched)) in rounds.into_iter().enumerate() {
            let shared = scene.later(minutes, heartbeat).await;
            assert_eq!(
                (shared.takers, shared.switched),
                (takers, switched),
                "{round}"
            );
            assert_eq!((shared.processes, shared.faults), (1, 0));
            assert_eq!(scene.is_on().await, Some(takers.need_lambda()));
        }
        scene.clock.advance(Duration::minutes(1));
        let shared = scene.share.run().await.unwrap();
        assert_eq!((shared.takers, shared.switched), (Takers::Lambda, true));
        assert_eq!(shared.processes, 0);
        assert_eq!(scene.faults.count("sources.set"), 4, "only what had to be");
    }

    #[tokio::test]
    async fn what_is_not_known_is_taken_to_be_at_its_worst() {
        let scene = Scene::new();
        let full = Heartbeat {
            full_since: Some(NOW),
            ..build::heartbeat(NOW)
        };
        scene.sources.set(false).await.unwrap();
        assert_eq!(scene.later(4, full.clone()).await.takers, Takers::Pool);
        scene.faults.on("queues.depth", 1, Fault::Unavailable);
        let shared = scene.later(0, full.clone()).await;
        assert_eq!((shared.takers, shared.faults), (Takers::Both, 1));
        scene.sources.set(false).await.unwrap();
        scene.queues.holds(QueueName::Urgent, None);
        let shared = scene.later(0, full).await;
        assert_eq!((shared.takers, shared.faults), (Takers::Both, 1), "unsaid");
        scene.queues.holds(QueueName::Urgent, Some(0));
        scene.faults.on("heartbeats.all", 1, Fault::Unavailable);
        let shared = scene.share.run().await.unwrap();
        assert_eq!((shared.takers, shared.faults), (Takers::Lambda, 1));
    }

    #[tokio::test]
    async fn a_switch_that_fails_is_told_and_tried_again() {
        let scene = Scene::new();
        scene.sources.set(false).await.unwrap();
        scene.faults.on("sources.set", 1, Fault::Conflict);
        let error = scene.share.run().await.unwrap_err();
        let words = "the worker's event sources could not be turned on";
        assert_eq!(error.to_string(), words);
        assert!(scene.share.run().await.unwrap().switched);
        scene.faults.on("sources.state", 1, Fault::Unavailable);
        let error = scene.share.run().await.unwrap_err();
        assert!(matches!(error, ShareLoadError::State(_)), "{error}");
    }
}
