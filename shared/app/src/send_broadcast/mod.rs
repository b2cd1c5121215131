//! Takes a broadcast on.

mod once;

use std::sync::Arc;

use domain::broadcast::{
    Broadcast, BroadcastId, LONGEST_REASON, MOST_MESSAGE, Notice, Part, RECONNECT_WITHIN,
};
use domain::kind::FieldError;
use domain::ports::{BroadcastQueue, Clock, Entropy, PortError};
use domain::text::is_plain;
use domain::{IdempotencyKey, Identity, TenantId, Trace, causes};
use idempotency::IdempotencyStore;
use retry::Backoff;
use serde::{Deserialize, Serialize};
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
    /// Which keys stand for which broadcasts.
    pub keys: Arc<dyn IdempotencyStore>,
    /// When it is taken on.
    pub clock: Arc<dyn Clock>,
    /// Makes its name.
    pub entropy: Arc<dyn Entropy>,
}

/// What an operator asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct BroadcastRequest {
    /// What everybody is told.
    pub notice: Notice,
    /// Only this tenant's connections.
    pub tenant: Option<TenantId>,
    /// The operator's name for it: sent again with the same one, it is no second broadcast.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The trace that the call belongs to. It goes with the parts to the push.
    pub trace: Option<Trace>,
}

/// A broadcast that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its name.
    pub broadcast_id: String,
    /// How many parts it has.
    pub shards: usize,
    /// Whether an earlier request with the same key sent it.
    #[serde(skip)]
    pub replayed: bool,
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
    /// The operator's mistake.
    #[error(
        "the idempotency key was used for another broadcast within the last day; use a new one"
    )]
    KeyReused,
    /// Whoever sent it first has no answer yet.
    #[error("a broadcast with this idempotency key is being queued")]
    InProgress {
        /// When that one counts as dead at the latest.
        wait: Duration,
    },
    /// It is not known whether the key stands for a broadcast, so nothing was queued.
    #[error("the idempotency key cannot be looked up")]
    NotRemembered(#[source] PortError),
}

impl SendBroadcast {
    /// Checks the notice and queues its parts, once for each key. From then on everybody who was
    /// connected gets it at least once.
    pub async fn run(
        &self,
        caller: &Identity,
        request: BroadcastRequest,
    ) -> Result<Sent, SendBroadcastError> {
        check(&request.notice)?;
        match &request.idempotency_key {
            Some(key) => self.once(caller, key, &request).await,
            None => self.send(request).await,
        }
    }

    async fn send(&self, request: BroadcastRequest) -> Result<Sent, SendBroadcastError> {
        let BroadcastRequest {
            notice,
            tenant,
            trace,
            ..
        } = request;
        let at = self.clock.now();
        let broadcast = Broadcast {
            id: BroadcastId::new(self.entropy.time_ordered(at)),
            notice,
            tenant,
            at,
            trace,
        };
        let parts = broadcast.parts();
        let shards = parts.len();
        self.queue_all(parts).await?;
        Ok(Sent {
            broadcast_id: broadcast.id.to_string(),
            shards,
            replayed: false,
        })
    }

    async fn queue_all(&self, mut parts: Vec<Part>) -> Result<(), SendBroadcastError> {
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
mod tests;
