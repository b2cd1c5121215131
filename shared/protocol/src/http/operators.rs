//! The bodies of the operators' routes. They span tenants.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::task::{Status, TaskError};

/// The answer of `GET /operators/system`, and what the operators' stream tells every minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SystemBody {
    /// When it was so.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Every queue: `work`, `urgent`, `updates`, `callbacks`.
    pub queues: Vec<QueueBody>,
    /// Who is connected.
    pub connections: ConnectionCount,
    /// The processes of the pool that have been heard of within ten minutes.
    pub pool: Vec<PoolProcess>,
    /// Who takes queued tasks: `lambda` alone, the `pool` alone, or the pool with Lambda beside it,
    /// `spilling`; `unknown` where that could not be learnt.
    pub overflow: String,
}

/// How much is in a queue. SQS counts approximately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueBody {
    /// The queue.
    pub name: String,
    /// Messages that wait for a receiver.
    pub visible: u64,
    /// Messages that somebody works on.
    pub in_flight: u64,
    /// Messages that are not due yet.
    pub delayed: u64,
    /// Its dead letters. Those of `urgent` are counted with `work`.
    pub dead: u64,
}

/// How many connections are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionCount {
    /// Open connections.
    pub open: u64,
    /// False where there are more than were counted.
    pub counted_all: bool,
}

/// A process of the pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoolProcess {
    /// Its name.
    pub id: String,
    /// When it started.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it was last heard of.
    #[serde(with = "time::serde::rfc3339")]
    pub seen_at: OffsetDateTime,
    /// Whether it counts as taking tasks: it has been heard of within half a minute.
    pub alive: bool,
    /// Tasks that it runs at once at most.
    pub capacity: u32,
    /// Tasks that it runs.
    pub running: u32,
    /// How long the oldest message had waited that it took lately, in milliseconds; null where it
    /// took none.
    pub oldest_wait_ms: Option<u64>,
    /// Messages that it has taken since it started.
    pub taken: u64,
}

/// The answer of `GET /operators/dead-letters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeadLettersBody {
    /// The queue that the letters come from.
    pub queue: String,
    /// How many letters were looked at: at most the limit.
    pub looked_at: usize,
    /// The letters by reason and kind, the largest group first.
    pub groups: Vec<DeadLetterGroup>,
}

/// Dead letters that have the same reason and the same kind of task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeadLetterGroup {
    /// The code of the reason, or of why the task failed; `received_too_often` where neither is known.
    pub reason: String,
    /// The task's kind; null without a task.
    pub kind: Option<String>,
    /// How many there are among those looked at.
    pub count: usize,
    /// They, oldest first.
    pub letters: Vec<DeadLetterBody>,
}

/// One dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeadLetterBody {
    /// Its id in the queue of dead letters.
    pub message_id: String,
    /// Since when it is dead; where the queue itself gave the message up, when it was sent.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Why, in full.
    pub reason: Option<String>,
    /// Whose task it is about; null where it names none.
    pub tenant: Option<String>,
    /// The task.
    pub request_id: Option<String>,
    /// The task's status now; null where there is no such task any more.
    pub status: Option<Status>,
    /// Why the task, or its last attempt, failed.
    pub error: Option<TaskError>,
}

/// The body of `POST /operators/dead-letters/redrive`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedriveBody {
    /// `work`, `updates` or `callbacks`.
    pub queue: String,
    /// Only the letters about these tasks, at most 100; every letter without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_ids: Option<Vec<String>>,
}

/// The answer of `POST /operators/dead-letters/redrive`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedriveOutcome {
    /// Letters that are on their way again.
    pub redriven: usize,
    /// Letters that stay dead, as far as was looked.
    pub left: usize,
    /// Why the first of those that were to go stays; null where none had to.
    pub problem: Option<String>,
    /// Whether there may be more letters than were looked at: ask again.
    pub more: bool,
}

/// The answer of `GET /operators/connections`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionsBody {
    /// Open connections.
    pub open: u64,
    /// Connections that are stored past their longest life, which the next sweep removes.
    pub stale: u64,
    /// Their share of all that are stored, 0 to 1.
    pub stale_share: f64,
    /// False where there are more than were counted.
    pub counted_all: bool,
    /// By the shards of broadcasts.
    pub shards: Vec<ShardBody>,
    /// By tenant, those with the most first, at most 100 of them.
    pub tenants: Vec<TenantConnections>,
}

/// The connections of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShardBody {
    /// Its number.
    pub shard: u16,
    /// Open connections.
    pub open: u64,
    /// Stale ones.
    pub stale: u64,
}

/// The open connections of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantConnections {
    /// The tenant.
    pub tenant: String,
    /// All of its connections.
    pub open: u64,
    /// By user, those with the most first, at most 20 of them.
    pub users: Vec<UserConnections>,
}

/// The open connections of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserConnections {
    /// The user; null for connections that an earlier release registered.
    pub user: Option<String>,
    /// Their connections.
    pub open: u64,
}
