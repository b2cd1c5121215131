//! Open `WebSocket`s and what they listen to.

use std::fmt;

use time::{Duration, OffsetDateTime};

use crate::ids::{ConnectionId, Identity, RequestId, TenantId, UserId};

/// API Gateway ends every WebSocket after two hours
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>);
/// a row older than this has no connection behind it.
pub const LIFETIME: Duration = Duration::hours(2);

/// A handshake takes this long at most: API Gateway ends the function's answer after 29 seconds
/// (same page). Until then a stored connection may not be open yet, and a post finds it gone.
pub const HANDSHAKE: Duration = Duration::seconds(30);

/// Most topics one connection may listen to at once, those it has from the start included.
pub const MOST_TOPICS: usize = 100;

/// Something a connection can listen to. The tenant is part of it, so no update can cross tenants;
/// only the operators' stream spans them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// All tasks of one user; every connection starts with its own.
    User(TenantId, UserId),
    /// One task.
    Task(TenantId, RequestId),
    /// All tasks that carry a tag.
    Tag(TenantId, String),
    /// New log lines of one level, or of [`crate::feed::EVERY_LEVEL`].
    Logs(TenantId, String),
    /// Every task that ends in failure, of all tenants, and how the service stands. Only for
    /// [`crate::Scope::Operator`].
    Operators,
}

impl fmt::Display for Topic {
    /// The stable key under which the topic's connections are stored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(tenant, user) => write!(f, "user#{tenant}#{user}"),
            Self::Task(tenant, task) => write!(f, "task#{tenant}#{task}"),
            Self::Tag(tenant, tag) => write!(f, "tag#{tenant}#{tag}"),
            Self::Logs(tenant, level) => write!(f, "logs#{tenant}#{level}"),
            Self::Operators => f.write_str("operators"),
        }
    }
}

/// An open WebSocket and the verified identity behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// API Gateway's id of it.
    pub id: ConnectionId,
    /// Who opened it.
    pub identity: Identity,
    /// When it was opened.
    pub connected_at: OffsetDateTime,
}

impl Connection {
    /// The topic that every connection listens to from the start.
    pub fn own_topic(&self) -> Topic {
        Topic::User(self.identity.tenant.clone(), self.identity.user.clone())
    }

    /// Whether its handshake may still be going on.
    pub fn may_be_opening(&self, now: OffsetDateTime) -> bool {
        now < self.connected_at + HANDSHAKE
    }

    /// When API Gateway will have closed it at the latest.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.connected_at + LIFETIME
    }
}
