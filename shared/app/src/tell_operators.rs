//! Tells operators how the service stands, while any of them is listening.

use std::sync::Arc;

use domain::Topic;
use domain::feed::{Feed, Posting};
use domain::ports::{Clock, ConnectionStore, PortError, Postings};
use protocol::frames::ServerFrame;

use crate::ReadSystem;

/// Tells operators how the service stands.
#[derive(Clone)]
pub struct TellOperators {
    /// Whether anybody listens.
    pub connections: Arc<dyn ConnectionStore>,
    /// How it stands.
    pub system: ReadSystem,
    /// The way to them.
    pub postings: Arc<dyn Postings>,
    /// Who is too old to listen.
    pub clock: Arc<dyn Clock>,
}

impl TellOperators {
    /// Whether anybody was told. Where nobody listens, one query is all that it costs.
    pub async fn run(&self) -> Result<bool, PortError> {
        let now = self.clock.now();
        let listening = self.connections.listeners(&Topic::Operators, now).await?;
        if listening.is_empty() {
            return Ok(false);
        }
        let body = wire::operations::system(&self.system.run().await?);
        let frame = ServerFrame::System(Box::new(body));
        let posting = Posting {
            feed: Feed::Operators,
            // Nothing in a frame can fail to become JSON.
            text: serde_json::to_string(&frame).unwrap_or_default(),
        };
        self.postings.send(&posting).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{
        Fault, Faults, MemoryConnections, MemoryEventSources, MemoryHeartbeats, MemoryPostings,
        MemoryQueueDepths,
    };

    use super::*;
    use crate::CountConnections;

    fn scene() -> (
        TellOperators,
        Arc<MemoryConnections>,
        Arc<MemoryPostings>,
        Faults,
    ) {
        let faults = Faults::default();
        let connections = Arc::new(MemoryConnections::new(&faults));
        let postings = Arc::new(MemoryPostings::new(&faults));
        let clock = Arc::new(FixedClock::at(NOW));
        let tell = TellOperators {
            connections: connections.clone(),
            system: ReadSystem {
                queues: Arc::new(MemoryQueueDepths::new(&faults)),
                connections: CountConnections::quick(connections.clone(), clock.clone()),
                pool: Arc::new(MemoryHeartbeats::new(clock.clone(), &faults)),
                sources: Arc::new(MemoryEventSources::new(clock.clone(), &faults)),
                clock: clock.clone(),
            },
            postings: postings.clone(),
            clock,
        };
        (tell, connections, postings, faults)
    }

    #[tokio::test]
    async fn nobody_listening_costs_one_query() {
        let (tell, connections, postings, faults) = scene();
        let page = build::connection(&build::identity(&build::tenant()));
        connections.register(&page).await.unwrap();
        let before = faults.calls().len();
        assert!(!tell.run().await.unwrap());
        assert_eq!(faults.calls()[before..], ["connections.listeners"]);
        assert_eq!(postings.take(), []);
    }

    #[tokio::test]
    async fn operators_are_told_what_the_route_answers() {
        let (tell, connections, postings, faults) = scene();
        let page = build::connection(&build::identity(&build::tenant()));
        connections.register(&page).await.unwrap();
        connections.subscribe(&page.id, Topic::Operators);
        assert!(tell.run().await.unwrap());
        let posted = postings.take().remove(0);
        assert_eq!(posted.feed, Feed::Operators);
        let frame: Value = serde_json::from_str(&posted.text).unwrap();
        assert_eq!(frame["type"], "system");
        assert_eq!(frame["at"], "2026-03-01T12:00:00Z");
        assert_eq!(
            frame["connections"],
            json!({"open": 1, "counted_all": true})
        );
        assert_eq!(frame["queues"][0]["name"], "work");

        for call in ["queues.depth", "census.page", "postings.send"] {
            faults.clear();
            faults.always(call, Fault::Unavailable);
            tell.run().await.unwrap_err();
        }
    }
}
