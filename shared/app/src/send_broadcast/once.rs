//! One broadcast for each key.

use std::time::Duration as StdDuration;

use domain::ports::PortError;
use domain::submission::KEPT;
use domain::{Fingerprint, IdempotencyKey, Identity, causes};
use idempotency::{Request, RunError, StoreError, Token, run_once};
use serde_json::json;
use time::Duration;

use super::{BroadcastRequest, Notice, SendBroadcast, SendBroadcastError, Sent};

const STORE: &str = "idempotency table";

/// Longer than the parts take to be queued, with all tries.
const LOCK: StdDuration = StdDuration::from_secs(30);

impl SendBroadcast {
    /// Sends it unless the key stands for it already.
    pub(super) async fn once(
        &self,
        caller: &Identity,
        key: &IdempotencyKey,
        asked: &BroadcastRequest,
    ) -> Result<Sent, SendBroadcastError> {
        let scope = format!("{}/broadcast", caller.tenant);
        let key = key.within(&scope).map_err(|error| {
            SendBroadcastError::NotRemembered(PortError::broken("idempotency key", error))
        })?;
        let request = Request {
            key,
            fingerprint: fingerprint(asked),
            token: Token::new(self.entropy.random().as_u128()),
            lock: LOCK,
            ttl: KEPT.unsigned_abs(),
        };
        let now = self.clock.now();
        let work = || self.send(asked.clone());
        match run_once(self.keys.as_ref(), now.into(), &request, work).await {
            Ok(done) => Ok(Sent {
                replayed: done.replayed,
                ..done.value
            }),
            Err(RunError::Work(error)) => Err(error),
            Err(RunError::Conflict) => Err(SendBroadcastError::KeyReused),
            Err(RunError::InProgress { until }) => Err(SendBroadcastError::InProgress {
                wait: Duration::SECOND.max(time::OffsetDateTime::from(until) - now),
            }),
            Err(RunError::Store(cause)) => Err(SendBroadcastError::NotRemembered(store(cause))),
            Err(RunError::Unreadable(error)) => {
                let cause = PortError::broken(STORE, error);
                Err(SendBroadcastError::NotRemembered(cause))
            }
            // It is on its way: to say otherwise would have it sent twice.
            Err(RunError::NotKept { value, cause }) => {
                let error = causes(cause.as_ref());
                tracing::warn!(error, "the key of a broadcast was not kept");
                Ok(value)
            }
            Err(RunError::Overtaken { value }) => Ok(value),
        }
    }
}

fn store(cause: StoreError) -> PortError {
    match cause.downcast() {
        Ok(error) => *error,
        Err(other) => PortError::unavailable(STORE, other),
    }
}

/// Everything the operator decides but the key.
fn fingerprint(asked: &BroadcastRequest) -> Fingerprint {
    let notice = match &asked.notice {
        Notice::Message(message) => json!({ "message": message }),
        Notice::Reconnect { reason, within } => {
            json!({"reason": reason, "within_ms": within.whole_milliseconds().to_string()})
        }
    };
    let tenant = asked.tenant.as_ref().map(domain::TenantId::as_str);
    Fingerprint::of_value(&json!({"tenant": tenant, "notice": notice}))
}
