//! Does a piece of work once.

use std::error::Error;
use std::future::Future;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fingerprint::Fingerprint;
use crate::key::Key;
use crate::record::{Claim, Record, State};
use crate::store::{Acquired, IdempotencyStore, Kept, StoreError};
use crate::token::Token;

/// A request that must take effect once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its name.
    pub key: Key,
    /// What it asks for.
    pub fingerprint: Fingerprint,
    /// This caller, and none before or beside it.
    pub token: Token,
    /// Longer than the work can take, for example what the invocation has left: when it has run
    /// out, the next caller takes this one for dead and does the work.
    pub lock: Duration,
    /// How long the answer is kept, from the start of the work.
    pub ttl: Duration,
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Executed<T> {
    /// The answer.
    pub value: T,
    /// Whether it is the answer of an earlier run.
    pub replayed: bool,
}

/// Why there is no answer, or none to rely on.
#[derive(Debug, thiserror::Error)]
pub enum RunError<T, E: Error + 'static> {
    /// The key was used for another payload. The caller's mistake; 409 or 422 in HTTP.
    #[error("the idempotency key was used for another payload")]
    Conflict,
    /// Another caller is at it; 409 with Retry-After in HTTP.
    #[error("the same request is being worked on")]
    InProgress {
        /// When that caller counts as dead at the latest.
        until: SystemTime,
    },
    /// The work failed. The key is free again.
    #[error("the work failed")]
    Work(#[source] E),
    /// The store did not say whether the work may be done, so it was not.
    #[error("the idempotency store is unavailable")]
    Store(#[source] StoreError),
    /// The work is done but its answer could not be kept: a repeated request would do it again once
    /// the lock has run out.
    #[error("the work is done, but its answer was not kept")]
    NotKept {
        /// The answer.
        value: T,
        /// Why.
        #[source]
        cause: StoreError,
    },
    /// The work took longer than its lock, and another caller does it too.
    #[error("the work took longer than its lock")]
    Overtaken {
        /// This caller's answer. The one that is replayed is the other's.
        value: T,
    },
    /// What was kept is not of this type, for example because a newer version wrote it.
    #[error("the kept answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
}

/// Does the work unless it was done before; then gives that answer again.
///
/// `work` is called at most once. If its future is dropped or panics, the key
/// stays locked until the lock has run out: nobody knows how far the work was.
pub async fn run_once<T, E, Fut>(
    store: &(impl IdempotencyStore + ?Sized),
    now: SystemTime,
    request: &Request,
    work: impl FnOnce() -> Fut,
) -> Result<Executed<T>, RunError<T, E>>
where
    T: Serialize + DeserializeOwned,
    E: Error + 'static,
    Fut: Future<Output = Result<T, E>>,
{
    let claim = request.claim(now);
    let acquired = store.acquire(&request.key, &claim, now).await;
    if let Acquired::Theirs(record) = acquired.map_err(RunError::Store)? {
        return replay(record, request.fingerprint);
    }
    let value = match work().await {
        Ok(value) => value,
        Err(error) => {
            // If that fails too, the lock runs out by itself.
            let _ = store.release(&request.key, request.token).await;
            return Err(RunError::Work(error));
        }
    };
    match keep(store, request, &value).await {
        Ok(Kept::Yes) => Ok(Executed {
            value,
            replayed: false,
        }),
        Ok(Kept::Overtaken) => Err(RunError::Overtaken { value }),
        Err(cause) => Err(RunError::NotKept { value, cause }),
    }
}

async fn keep<T: Serialize>(
    store: &(impl IdempotencyStore + ?Sized),
    request: &Request,
    value: &T,
) -> Result<Kept, StoreError> {
    let response = serde_json::to_string(value)?;
    store.complete(&request.key, request.token, &response).await
}

fn replay<T: DeserializeOwned, E: Error>(
    record: Record,
    ours: Fingerprint,
) -> Result<Executed<T>, RunError<T, E>> {
    if record.fingerprint != ours {
        return Err(RunError::Conflict);
    }
    match record.state {
        State::InProgress { locked_until } => Err(RunError::InProgress {
            until: locked_until,
        }),
        State::Completed { response } => {
            let value = serde_json::from_str(&response).map_err(RunError::Unreadable)?;
            Ok(Executed {
                value,
                replayed: true,
            })
        }
    }
}

impl Request {
    fn claim(&self, now: SystemTime) -> Claim {
        let locked_until = now + self.lock;
        Claim {
            fingerprint: self.fingerprint,
            token: self.token,
            locked_until,
            // A record is never forgotten while its work may go on.
            expires_at: locked_until.max(now + self.ttl),
        }
    }
}
