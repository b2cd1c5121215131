//! What travels on SQS between the functions.
//!
//! `v` is the format's version. A reader takes every version it knows and refuses others, so old
//! and new functions can run side by side during a deploy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::frames::ResumedTask;
use crate::task::{Phase, Progress, Status, TaskError};

/// The version written.
pub const VERSION: u8 = 1;

/// Asks a worker to run a task. Holds names only: inputs stay in the task store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskMessage {
    /// The format's version.
    pub v: u8,
    /// Whose task.
    pub tenant: String,
    /// The task.
    pub request_id: String,
    /// The trace of the call that submitted it, as a W3C `traceparent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The moment before which it is not to be run, where there is one. The queue holds the message
    /// back until then; who measures how long messages wait begins there.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub run_at: Option<OffsetDateTime>,
}

/// What the messages of the updates queue ask for. An update does not say so: its form is older
/// than the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// A [`ReplayMessage`].
    Replay,
    /// A [`HangUpMessage`].
    HangUp,
    /// A [`BroadcastMessage`].
    Broadcast,
    /// A [`PostMessage`].
    Post,
}

/// Asks the pusher to post what a connection has missed of some tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayMessage {
    /// The format's version.
    pub v: u8,
    /// Always [`Ask::Replay`].
    pub ask: Ask,
    /// Whose tasks: the tenant of the connection.
    pub tenant: String,
    /// Who asked.
    pub connection_id: String,
    /// The last version seen of each task.
    pub tasks: BTreeMap<String, u64>,
    /// Tasks that were posted before, where a replay took more than one go.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub done: BTreeMap<String, ResumedTask>,
}

/// Asks the pusher to close a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HangUpMessage {
    /// The format's version.
    pub v: u8,
    /// Always [`Ask::HangUp`].
    pub ask: Ask,
    /// The connection.
    pub connection_id: String,
}

/// Asks the pusher to push an update.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpdateMessage {
    /// The format's version.
    pub v: u8,
    /// Whose task.
    pub tenant: String,
    /// Who submitted it.
    pub owner: String,
    /// The task.
    pub request_id: String,
    /// Its kind.
    pub kind: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The version that this change made.
    pub version: u64,
    /// The status after it.
    pub status: Status,
    /// The phase after it.
    pub phase: Option<Phase>,
    /// The progress after it.
    pub progress: Option<Progress>,
    /// The attempt it belongs to.
    pub attempt: u32,
    /// Why the task, or its last attempt, failed.
    pub error: Option<TaskError>,
    /// Whether another attempt could succeed, where there is an error.
    #[serde(default)]
    pub retryable: bool,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<QueuedResult>,
    /// The trace of the call that submitted the task, as a W3C `traceparent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// Asks for a task's submitter to be told of its end. Holds names only: what is told is read from
/// the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackMessage {
    /// The format's version.
    pub v: u8,
    /// Whose task.
    pub tenant: String,
    /// The task.
    pub request_id: String,
    /// The version that ended it.
    pub version: u64,
    /// The trace of the call that submitted the task, as a W3C `traceparent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// Asks the pusher to push a part of a broadcast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BroadcastMessage {
    /// The format's version.
    pub v: u8,
    /// Always [`Ask::Broadcast`].
    pub ask: Ask,
    /// The broadcast.
    pub broadcast: QueuedBroadcast,
    /// Who gets it.
    pub to: QueuedAddressees,
    /// The trace of the call that sent it, as a W3C `traceparent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// Asks the pusher to post a text to everybody who listens to a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostMessage {
    /// The format's version.
    pub v: u8,
    /// Always [`Ask::Post`].
    pub ask: Ask,
    /// Who gets it.
    pub feed: QueuedFeed,
    /// The message, as clients see it.
    pub text: String,
}

/// What connections listen to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueuedFeed {
    /// The operators' stream.
    Operators,
    /// New log lines.
    Logs {
        /// Whose.
        tenant: String,
        /// Of which level; `*` for all.
        level: String,
    },
}

/// A broadcast on its way to the pusher.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueuedBroadcast {
    /// Its name.
    pub id: String,
    /// Only connections of this tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// When it was taken on.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What it says.
    pub notice: QueuedNotice,
}

/// What a broadcast says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QueuedNotice {
    /// A message.
    Message {
        /// Any JSON.
        message: Value,
    },
    /// To reconnect.
    Reconnect {
        /// Why, for people.
        reason: String,
        /// Milliseconds.
        within_ms: u64,
    },
}

/// The connections that a part of a broadcast goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueuedAddressees {
    /// Those of a shard.
    Shard {
        /// Its number.
        number: u16,
        /// Only those listed after this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// These.
    Named {
        /// Who.
        ids: Vec<String>,
        /// How often they have been tried.
        round: u32,
    },
}

/// A result on its way to the pusher.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "snake_case")]
pub enum QueuedResult {
    /// Small enough to travel along.
    Inline {
        /// The result itself.
        value: Value,
    },
    /// In the result store.
    Stored {
        /// The object's key.
        key: String,
        /// Its size.
        bytes: u64,
    },
}
