//! Posts a text to everybody who listens to a feed right now.

use std::sync::Arc;
use std::time::Duration;

use domain::feed::Posting;
use domain::ports::{Clock, ConnectionStore, Entropy, PortError, PostError, Postman};
use domain::{ConnectionId, Topic, causes};
use futures::stream;
use futures::{FutureExt as _, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use crate::courier::Courier;

/// Connections that are posted to at the same time.
const AT_ONCE: usize = 64;

/// When the last post has ended: what is told as it happens is worth nothing later, and the
/// function has 30 s.
const BUDGET: Duration = Duration::from_secs(10);

/// Posts to those who listen to a feed.
#[derive(Clone)]
pub struct PushPosting {
    /// Who listens.
    pub connections: Arc<dyn ConnectionStore>,
    /// The way to them.
    pub postman: Arc<dyn Postman>,
    /// Which connections are too old.
    pub clock: Arc<dyn Clock>,
    /// Makes jitter.
    pub entropy: Arc<dyn Entropy>,
}

/// Why nobody was told.
#[derive(Debug, thiserror::Error)]
#[error("the listeners cannot be looked up")]
pub struct PushPostingError(#[from] PortError);

impl PushPosting {
    /// How many took it. A feed has no history and promises nothing: whoever takes nothing now is not
    /// tried later.
    pub async fn run(&self, posting: &Posting) -> Result<usize, PushPostingError> {
        let topic = Topic::from(&posting.feed);
        let listeners = self.connections.listeners(&topic, self.clock.now()).await?;
        let end = Instant::now() + BUDGET;
        let posts = listeners
            .into_iter()
            .map(|id| self.post(id, &posting.text, end).boxed());
        let taken = stream::iter(posts).buffer_unordered(AT_ONCE);
        let count = |sum, taken| async move { sum + usize::from(taken) };
        Ok(taken.fold(0, count).await)
    }

    async fn post(&self, id: ConnectionId, text: &str, end: Instant) -> bool {
        let courier = Courier {
            postman: self.postman.as_ref(),
            connections: self.connections.as_ref(),
            clock: self.clock.as_ref(),
            entropy: self.entropy.as_ref(),
        };
        match timeout_at(end, courier.offer(&id, text)).await {
            Ok(Ok(())) => true,
            Ok(Err(PostError::Gone)) => {
                // Whoever has subscribed has been open.
                courier.forget(&id).await;
                false
            }
            Ok(Err(error)) => {
                tracing::debug!(error = causes(&error), "a connection took no posting");
                false
            }
            Err(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::TenantId;
    use domain::feed::Feed;
    use testkit::ambient::{Counting, FixedClock};
    use testkit::build::{self, NOW};
    use testkit::memory::{Behaviour, Fault, Faults, MemoryConnections, MemoryPostman};

    use super::*;

    struct Scene {
        push: PushPosting,
        connections: Arc<MemoryConnections>,
        postman: Arc<MemoryPostman>,
        faults: Faults,
    }

    fn scene() -> Scene {
        let faults = Faults::default();
        let connections = Arc::new(MemoryConnections::new(&faults));
        let postman = Arc::new(MemoryPostman::default());
        let push = PushPosting {
            connections: connections.clone(),
            postman: postman.clone(),
            clock: Arc::new(FixedClock::at(NOW)),
            entropy: Arc::new(Counting::default()),
        };
        Scene {
            push,
            connections,
            postman,
            faults,
        }
    }

    impl Scene {
        async fn listener(&self, tenant: &TenantId, topics: &[Topic]) -> ConnectionId {
            let connection = build::connection(&build::identity(tenant));
            self.connections.register(&connection).await.unwrap();
            for topic in topics {
                self.connections.subscribe(&connection.id, topic.clone());
            }
            connection.id
        }
    }

    fn posting(tenant: &TenantId, level: &str) -> Posting {
        Posting {
            feed: Feed::Logs(tenant.clone(), level.into()),
            text: "{}".into(),
        }
    }

    #[tokio::test]
    async fn only_those_who_listen_to_the_very_feed_are_told() {
        let scene = scene();
        let (ours, theirs) = (build::tenant(), build::tenant());
        let errors = |tenant: &TenantId| Topic::Logs(tenant.clone(), "error".into());
        let us = scene.listener(&ours, &[errors(&ours)]).await;
        scene.listener(&theirs, &[errors(&theirs)]).await;
        scene
            .listener(
                &ours,
                &[Topic::Operators, Topic::Logs(ours.clone(), "*".into())],
            )
            .await;
        scene.listener(&ours, &[]).await;
        let reached = scene.push.run(&posting(&ours, "error")).await.unwrap();
        assert_eq!(reached, 1);
        let posted = scene.postman.posted();
        assert_eq!(posted.iter().map(|one| &one.id).collect::<Vec<_>>(), [&us]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_delays_nobody_and_who_is_gone_is_forgotten() {
        let scene = scene();
        let tenant = build::tenant();
        let all = [Topic::Logs(tenant.clone(), "*".into())];
        let gone = scene.listener(&tenant, &all).await;
        let stuck = scene.listener(&tenant, &all).await;
        let well = scene.listener(&tenant, &all).await;
        scene.postman.set(&gone, Behaviour::Gone);
        scene.postman.set(&stuck, Behaviour::Hanging);
        let started = Instant::now();
        assert_eq!(scene.push.run(&posting(&tenant, "*")).await.unwrap(), 1);
        assert!(started.elapsed() <= BUDGET);
        let mut left = scene.connections.ids();
        left.sort();
        let mut expected = vec![stuck, well];
        expected.sort();
        assert_eq!(left, expected);
        scene
            .faults
            .always("connections.listeners", Fault::Unavailable);
        scene.push.run(&posting(&tenant, "*")).await.unwrap_err();
    }
}
