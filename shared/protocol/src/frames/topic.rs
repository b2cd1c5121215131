//! What a client can listen to, by the names it uses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One of a task, a tag, log lines or a stream: an object with exactly one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum TopicName {
    /// One task of the caller's tenant.
    #[serde(rename = "request_id")]
    Task(String),
    /// All tasks of the caller's tenant that carry the tag.
    #[serde(rename = "tag")]
    Tag(String),
    /// New log lines of the caller's tenant: those of one level, or `*` for all.
    #[serde(rename = "logs")]
    Logs(String),
    /// A stream that is not about tasks of one's own.
    #[serde(rename = "stream")]
    Stream(Stream),
}

/// A stream that the service makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Every task that ends in failure, of all tenants, and every minute how the service stands. Only
    /// for operators.
    Operators,
}
