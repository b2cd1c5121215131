//! Counts what is pushed.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ConnectionId;
use domain::ports::{PostError, Postman};
use emf::{Metric, Unit};

use crate::Meter;

const PUSHED: Metric = Metric::new("Pushed", Unit::Count);
const GONE: Metric = Metric::new("PushGone", Unit::Count);
const FAILED: Metric = Metric::new("PushFailed", Unit::Count);

/// A postman whose posts are counted, each try by itself.
pub struct MeteredPostman {
    postman: Arc<dyn Postman>,
    meter: Meter,
}

impl MeteredPostman {
    /// Counts the posts of this postman.
    pub fn new(postman: Arc<dyn Postman>, meter: &Meter) -> Self {
        let meter = meter.clone();
        Self { postman, meter }
    }
}

#[async_trait]
impl Postman for MeteredPostman {
    async fn post(&self, id: &ConnectionId, message: &str) -> Result<(), PostError> {
        let posted = self.postman.post(id, message).await;
        let metric = match &posted {
            Ok(()) => &PUSHED,
            Err(PostError::Gone) => &GONE,
            Err(PostError::Throttled | PostError::Failed(_)) => &FAILED,
        };
        self.meter.by(&[]).increment(metric);
        posted
    }
}

#[cfg(test)]
mod tests {
    use domain::ports::PortError;
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};

    use super::*;

    /// Answers by what the message says.
    struct Script;

    #[async_trait]
    impl Postman for Script {
        async fn post(&self, _: &ConnectionId, message: &str) -> Result<(), PostError> {
            match message {
                "gone" => Err(PostError::Gone),
                "throttled" => Err(PostError::Throttled),
                "failed" => Err(PortError::Conflict { what: "it" }.into()),
                _ => Ok(()),
            }
        }
    }

    #[tokio::test]
    async fn posts_are_counted_by_how_they_ended() {
        let meter = Meter::new("test", "pusher", Arc::new(FixedClock::at(NOW))).unwrap();
        let postman = MeteredPostman::new(Arc::new(Script), &meter);
        let id = build::connection(&build::identity(&build::tenant())).id;
        for message in ["a", "b", "gone", "throttled", "failed", "c"] {
            let _ = postman.post(&id, message).await;
        }
        let mut line = Vec::new();
        meter.flush_to(&mut line);
        let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
        let counts = ["Pushed", "PushGone", "PushFailed"].map(|name| line[name].as_f64());
        assert_eq!(counts, [Some(3.0), Some(1.0), Some(2.0)]);
        assert_eq!(line["Stage"], "test");
    }
}
