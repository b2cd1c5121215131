//! Takes a broadcast on.

use std::sync::Arc;

use domain::broadcast::{
    Broadcast, BroadcastId, LONGEST_REASON, MOST_MESSAGE, Notice, Part, RECONNECT_WITHIN,
};
use domain::kind::FieldError;
use domain::ports::{BroadcastQueue, Clock, Entropy, PortError};
use domain::text::is_plain;
use domain::{TenantId, causes};
use retry::Backoff;
use time::Duration;

/// How often a part is sent before giving up, and the wait in between: the caller waits.
const SENDS: Backoff = Backoff {
    base: std::time::Duration::from_millis(100),
    cap: std::time::Duration::from_millis(400),
    attempts: 3,
};

/// Takes broadcasts on: one message for each shard of the connections.
#[derive(Clone)]
pub struct SendBroadcast {
    /// The way to the pusher.
    pub queue: Arc<dyn BroadcastQueue>,
    /// When it is taken on.
    pub clock: Arc<dyn Clock>,
    /// Makes its name.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a broadcast was not taken on.
#[derive(Debug, thiserror::Error)]
pub enum SendBroadcastError {
    /// It is not what it must be.
    #[error("{}: {}", .0.field, .0.message)]
    Invalid(FieldError),
    /// The message would not fit into a frame.
    #[error("the message is {bytes} bytes of JSON, at most {MOST_MESSAGE} are taken")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Not every shard's part could be queued. Those that were are pushed all the same.
    #[error("{missing} parts of the broadcast cannot be queued")]
    NotQueued {
        /// How many.
        missing: usize,
        /// Why the first of them was not.
        #[source]
        cause: PortError,
    },
}

impl SendBroadcast {
    /// Checks the notice and queues its parts. From then on everybody who was connected gets it at
    /// least once; gives it with the number of parts.
    pub async fn run(
        &self,
        notice: Notice,
        tenant: Option<TenantId>,
    ) -> Result<(Broadcast, usize), SendBroadcastError> {
        check(&notice)?;
        let at = self.clock.now();
        let broadcast = Broadcast {
            id: BroadcastId::new(self.entropy.time_ordered(at)),
            notice,
            tenant,
            at,
        };
        let parts = broadcast.parts();
        let count = parts.len();
        self.send(parts).await?;
        Ok((broadcast, count))
    }

    async fn send(&self, mut parts: Vec<Part>) -> Result<(), SendBroadcastError> {
        for sends in 1.. {
            let outcomes = self.queue.send_all(&parts, Duration::ZERO).await;
            let mut unsent = vec![];
            let mut first = None;
            for (part, outcome) in parts.into_iter().zip(outcomes) {
                if let Err(error) = outcome {
                    unsent.push(part);
                    first.get_or_insert(error);
                }
            }
            let Some(cause) = first else { break };
            let lasting = matches!(cause, PortError::Broken { .. });
            if lasting || sends == SENDS.attempts {
                let missing = unsent.len();
                return Err(SendBroadcastError::NotQueued { missing, cause });
            }
            tracing::warn!(
                error = causes(&cause),
                "parts of a broadcast are sent again"
            );
            let pause = SENDS.wait(sends, self.entropy.as_ref());
            tokio::time::sleep(pause).await;
            parts = unsent;
        }
        Ok(())
    }
}

fn check(notice: &Notice) -> Result<(), SendBroadcastError> {
    match notice {
        Notice::Message(message) => match message.to_string().len() {
            bytes if bytes > MOST_MESSAGE => Err(SendBroadcastError::TooLarge { bytes }),
            _ => Ok(()),
        },
        Notice::Reconnect { within, .. } if !RECONNECT_WITHIN.contains(within) => {
            let (least, most) = (RECONNECT_WITHIN.start(), RECONNECT_WITHIN.end());
            let (least, most) = (least.whole_milliseconds(), most.whole_milliseconds());
            let message = format!("must be {least} to {most} milliseconds");
            Err(invalid("reconnect.within_ms", message))
        }
        Notice::Reconnect { reason, .. } if !is_plain(reason, LONGEST_REASON) => {
            let message = format!("must be 1 to {LONGEST_REASON} bytes of plain text");
            Err(invalid("reconnect.reason", message))
        }
        Notice::Reconnect { .. } => Ok(()),
    }
}

fn invalid(field: &str, message: String) -> SendBroadcastError {
    SendBroadcastError::Invalid(FieldError::new(field, message))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::broadcast::{Addressees, Shard};
    use serde_json::json;
    use testkit::ambient::{Counting, FixedClock};
    use testkit::build::{self, NOW};
    use testkit::memory::{Fault, Faults, MemoryBroadcastQueue};

    use super::*;

    struct Scene {
        send: SendBroadcast,
        queue: Arc<MemoryBroadcastQueue>,
        faults: Faults,
    }

    fn scene() -> Scene {
        let faults = Faults::default();
        let queue = Arc::new(MemoryBroadcastQueue::new(&faults));
        let send = SendBroadcast {
            queue: queue.clone(),
            clock: Arc::new(FixedClock::at(NOW)),
            entropy: Arc::new(Counting::default()),
        };
        Scene {
            send,
            queue,
            faults,
        }
    }

    fn message() -> Notice {
        Notice::Message(json!({"text": "hello"}))
    }

    fn shards(sent: &[(Part, Duration)]) -> BTreeSet<Shard> {
        let shard = |(part, _): &(Part, _)| match part.to {
            Addressees::Shard { shard, after: None } => Some(shard),
            _ => None,
        };
        sent.iter().filter_map(shard).collect()
    }

    #[tokio::test]
    async fn every_shard_gets_the_same_broadcast_at_once() {
        let scene = scene();
        let tenant = Some(build::tenant());
        let (broadcast, count) = scene.send.run(message(), tenant.clone()).await.unwrap();
        assert_eq!((broadcast.at, &broadcast.tenant), (NOW, &tenant));
        let sent = scene.queue.take();
        assert_eq!((sent.len(), shards(&sent).len()), (count, count));
        for (part, delay) in &sent {
            assert_eq!((&part.broadcast, *delay), (&broadcast, Duration::ZERO));
        }
        let (other, _) = scene.send.run(message(), tenant).await.unwrap();
        assert_ne!(other.id, broadcast.id);
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_was_not_queued_is_sent_again() {
        let scene = scene();
        for nth in [2, 5] {
            scene.faults.on("broadcasts.send", nth, Fault::Unavailable);
        }
        let (_, count) = scene.send.run(message(), None).await.unwrap();
        let sent = scene.queue.take();
        assert_eq!((sent.len(), shards(&sent).len()), (count, count));
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_that_stays_away_is_told() {
        for (fault, sends) in [(Fault::Unavailable, 3), (Fault::Broken, 1)] {
            let scene = scene();
            scene.faults.always("broadcasts.send", fault);
            let refused = scene.send.run(message(), None).await;
            let all = Shard::all().len();
            assert!(
                matches!(refused, Err(SendBroadcastError::NotQueued { missing, .. }) if missing == all)
            );
            assert_eq!(scene.faults.count("broadcasts.send"), all * sends);
        }
    }

    #[tokio::test]
    async fn a_notice_has_its_limits() {
        let scene = scene();
        let text = |bytes: usize| Notice::Message(json!("x".repeat(bytes - 2)));
        assert!(scene.send.run(text(MOST_MESSAGE), None).await.is_ok());
        let refused = scene.send.run(text(MOST_MESSAGE + 1), None).await;
        assert!(matches!(refused, Err(SendBroadcastError::TooLarge { .. })));
        scene.queue.take();
        let bye = |reason: &str, ms| Notice::Reconnect {
            reason: reason.into(),
            within: Duration::milliseconds(ms),
        };
        let long = "x".repeat(201);
        for (notice, field) in [
            (bye("deploy", 999), "reconnect.within_ms"),
            (bye("deploy", 3_600_001), "reconnect.within_ms"),
            (bye("", 1_000), "reconnect.reason"),
            (bye(&long, 1_000), "reconnect.reason"),
        ] {
            match scene.send.run(notice, None).await {
                Err(SendBroadcastError::Invalid(error)) => assert_eq!(error.field, field),
                other => panic!("{other:?}"),
            }
        }
        assert!(scene.queue.take().is_empty());
        for good in [bye("deploy", 1_000), bye("move", 3_600_000)] {
            assert!(scene.send.run(good, None).await.is_ok());
        }
    }
}
