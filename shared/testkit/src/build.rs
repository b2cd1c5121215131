//! Entities for tests, valid unless a test says otherwise.
//!
//! On real servers tests run in parallel, so each takes its own tenant and ids from here.

use std::collections::BTreeSet;

use domain::broadcast::{BroadcastId, Notice};
use domain::ids::PoolId;
use domain::pool::Heartbeat;
use domain::task::{NewTask, Terms};
use domain::ticket::Ticket;
use domain::{
    Broadcast, Connection, ConnectionId, Event, Fingerprint, IdempotencyKey, Identity, LeaseToken,
    Pause, RequestId, Submission, Task, TenantId, Trace, UploadId, UserId,
};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

/// The moment at which tests happen.
pub const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

#[expect(
    clippy::disallowed_methods,
    reason = "parallel tests share servers: names must differ"
)]
fn fresh() -> Uuid {
    Uuid::now_v7()
}

/// A tenant that no other test uses.
pub fn tenant() -> TenantId {
    name("t-", TenantId::new)
}

/// A user that no other test uses.
pub fn user() -> UserId {
    name("u-", UserId::new)
}

/// A connection id that no other test uses.
pub fn connection_id() -> ConnectionId {
    name("c-", ConnectionId::new)
}

#[expect(clippy::panic, reason = "a builder's own names are valid")]
fn name<T, E: std::fmt::Display>(prefix: &str, make: impl Fn(String) -> Result<T, E>) -> T {
    make(format!("{prefix}{}", fresh().simple())).unwrap_or_else(|error| panic!("{error}"))
}

/// A task id that no other test uses; later calls give later ids.
pub fn request_id() -> RequestId {
    RequestId::new(fresh())
}

/// An upload's name that no other test uses.
pub fn upload_id() -> UploadId {
    UploadId::new(fresh())
}

/// A lease token that no other test uses.
pub fn lease_token() -> LeaseToken {
    LeaseToken::new(fresh())
}

/// A trace that no other test uses.
pub fn trace() -> Trace {
    name("", |id| format!("00-{id}-00f067aa0ba902b7-01").parse())
}

/// A caller without further rights.
pub fn identity(tenant: &TenantId) -> Identity {
    Identity {
        tenant: tenant.clone(),
        user: user(),
        scopes: BTreeSet::new(),
    }
}

/// A connection opened at [`NOW`].
pub fn connection(identity: &Identity) -> Connection {
    Connection {
        id: connection_id(),
        identity: identity.clone(),
        connected_at: NOW,
    }
}

/// A message to all tenants, sent at [`NOW`].
pub fn broadcast(message: Value) -> Broadcast {
    Broadcast {
        id: BroadcastId::new(fresh()),
        notice: Notice::Message(message),
        tenant: None,
        at: NOW,
        trace: Some(trace()),
    }
}

/// A task of this kind, just submitted at [`NOW`].
pub fn task(tenant: &TenantId, kind: &str, input: Value) -> Task {
    let new = NewTask {
        request_id: request_id(),
        tenant: tenant.clone(),
        owner: user(),
        kind: kind.into(),
        input,
        tags: vec![],
        terms: Terms::default(),
    };
    Task::submit(new, NOW)
}

/// A process of the pool that began at this moment, and has nothing to do.
pub fn heartbeat(at: OffsetDateTime) -> Heartbeat {
    Heartbeat {
        id: name("p-", PoolId::new),
        started_at: at,
        seen_at: at,
        capacity: 20,
        running: 0,
        oldest_wait_ms: None,
        taken: 0,
        full_since: None,
    }
}

/// A pause without an end, decided at this moment.
///
/// # Panics
/// Where subject or author are none: the test is wrong then.
#[expect(clippy::panic, reason = "a wrong builder call is a wrong test")]
pub fn pause(subject: &str, by: &str, since: OffsetDateTime) -> Pause {
    let subject = subject.parse().unwrap_or_else(|error| panic!("{error}"));
    Pause {
        subject,
        reason: "the budget is spent".into(),
        since,
        until: None,
        by: by.parse().unwrap_or_else(|error| panic!("{error}")),
    }
}

/// A ticket of a new user.
pub fn ticket(digest: &str, expires_at: OffsetDateTime) -> Ticket {
    Ticket {
        digest: digest.into(),
        identity: identity(&tenant()),
        expires_at,
    }
}

/// A new task with the record of its submission under a key.
///
/// # Panics
/// Where the key is none: the test is wrong then.
#[expect(clippy::panic, reason = "a wrong builder call is a wrong test")]
pub fn submission(tenant: &TenantId, key: &str, expires_at: OffsetDateTime) -> (Task, Submission) {
    let key = IdempotencyKey::new(key).unwrap_or_else(|error| panic!("{error}"));
    let submission = Submission {
        key,
        fingerprint: Fingerprint::of_value(&Value::Null),
        expires_at,
    };
    (task(tenant, "aggregate", Value::Null), submission)
}

/// A parsed event.
///
/// # Panics
/// Where the fields are no event: the test is wrong then.
#[expect(clippy::panic, reason = "a wrong builder call is a wrong test")]
pub fn event(fields: Value) -> Event {
    Event::parse(fields, NOW).unwrap_or_else(|error| panic!("{error}"))
}

/// A request event.
pub fn request(id: &str, at: &str, user: &str, response_time_ms: f64) -> Event {
    event(json!({
        "id": id, "type": "request", "at": at, "service": "shop", "user": user, "method": "GET",
        "path": "/items", "status": 200, "bytes": 10, "response_time_ms": response_time_ms,
    }))
}

/// A session event; `action` is `start` or `end`.
pub fn session(id: &str, at: &str, session_id: &str, action: &str) -> Event {
    event(json!({
        "id": id, "type": "session", "at": at, "session_id": session_id, "action": action,
        "user": format!("user-of-{session_id}"),
    }))
}
