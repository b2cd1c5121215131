//! What a client may say, and how a frame that says something else is told apart.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::code::ErrorCode;
use super::topic::TopicName;

/// Longest frame in either direction, in bytes: API Gateway's message limit
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
pub const LONGEST_FRAME: usize = 128 * 1024;

/// Most tasks in one [`ClientFrame::Resume`].
pub const MOST_RESUMED: usize = 100;

/// The version of the frames. A client may send it along as `v`.
pub const VERSION: u64 = 1;

/// What a client may say. A new action is a variant here and its name in [`ClientFrame::ACTIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// Asks for a [`super::ServerFrame::Pong`]; keeps the connection from idling out.
    Ping {},
    /// Asks to hear of a topic.
    Subscribe(TopicName),
    /// Asks not to hear of it any more.
    Unsubscribe(TopicName),
    /// Asks for what was missed of some tasks.
    Resume {
        /// The last version seen of each task, 0 for none; at most [`MOST_RESUMED`].
        tasks: BTreeMap<String, u64>,
    },
}

/// Why a frame was not understood. The connection lives on.
#[derive(Debug, thiserror::Error)]
pub enum BadFrame {
    /// Longer than [`LONGEST_FRAME`].
    #[error("a frame may be {LONGEST_FRAME} bytes long, this one has {0}")]
    TooLarge(usize),
    /// Bytes that are no text.
    #[error("send JSON as a text frame, not a binary one")]
    Binary,
    /// A text that is no JSON.
    #[error("the frame is not JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// A version of the frames that we do not have.
    #[error("v must be {VERSION} or left out")]
    UnsupportedVersion,
    /// An action we do not have.
    #[error("action must be one of: {}", ClientFrame::ACTIONS.join(", "))]
    UnknownAction,
    /// Not an object with an action, or with fields that the action does not take.
    #[error("the frame is not what its action takes: {0}")]
    Invalid(#[source] serde_json::Error),
    /// More than [`MOST_RESUMED`] tasks at once.
    #[error("a resume may name {MOST_RESUMED} tasks, this one names {0}: send several")]
    TooManyTasks(usize),
}

/// What every frame has, whatever its action.
#[derive(Deserialize)]
struct Envelope {
    action: String,
    v: Option<Value>,
}

impl ClientFrame {
    /// The name of every action.
    pub const ACTIONS: &[&str] = &["ping", "subscribe", "unsubscribe", "resume"];

    /// The name of a frame's action, if it is one of [`Self::ACTIONS`], whatever else is wrong
    /// with the frame.
    pub fn action(text: &str) -> Option<&'static str> {
        let envelope: Envelope = serde_json::from_str(text).ok()?;
        let mut actions = Self::ACTIONS.iter().copied();
        actions.find(|action| *action == envelope.action)
    }

    /// Reads a frame's text.
    pub fn read(text: &str) -> Result<Self, BadFrame> {
        if text.len() > LONGEST_FRAME {
            return Err(BadFrame::TooLarge(text.len()));
        }
        let envelope: Envelope =
            serde_json::from_str(text).map_err(|error| unreadable(text, error))?;
        check_object(text)?;
        check_version(envelope.v.as_ref())?;
        if !Self::ACTIONS.contains(&envelope.action.as_str()) {
            return Err(BadFrame::UnknownAction);
        }
        let frame: Result<Self, _> = match envelope.v {
            None => serde_json::from_str(text),
            Some(_) => without_version(text).and_then(serde_json::from_value),
        };
        frame.map_err(BadFrame::Invalid)?.within_limits()
    }

    fn within_limits(self) -> Result<Self, BadFrame> {
        match &self {
            Self::Resume { tasks } if tasks.len() > MOST_RESUMED => {
                Err(BadFrame::TooManyTasks(tasks.len()))
            }
            _ => Ok(self),
        }
    }
}

/// serde takes a list for the fields in their order; we do not.
fn check_object(text: &str) -> Result<(), BadFrame> {
    if text.trim_start().starts_with('{') {
        return Ok(());
    }
    let error = serde_json::Error::custom("expected an object");
    Err(BadFrame::Invalid(error))
}

fn check_version(v: Option<&Value>) -> Result<(), BadFrame> {
    match v {
        Some(v) if v.as_u64() != Some(VERSION) => Err(BadFrame::UnsupportedVersion),
        _ => Ok(()),
    }
}

fn without_version(text: &str) -> Result<Value, serde_json::Error> {
    let mut fields: serde_json::Map<String, Value> = serde_json::from_str(text)?;
    fields.remove("v");
    Ok(Value::Object(fields))
}

fn unreadable(text: &str, error: serde_json::Error) -> BadFrame {
    if error.is_data() {
        BadFrame::Invalid(error)
    } else if text.contains(['\0', char::REPLACEMENT_CHARACTER]) {
        // A gateway that hands bytes on as text leaves these traces of them.
        BadFrame::Binary
    } else {
        BadFrame::NotJson(error)
    }
}

impl BadFrame {
    /// Stable, for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge(_) => ErrorCode::FrameTooLarge,
            Self::Binary => ErrorCode::BinaryFrame,
            Self::NotJson(_) => ErrorCode::NotJson,
            Self::UnsupportedVersion => ErrorCode::UnsupportedVersion,
            Self::UnknownAction => ErrorCode::UnknownAction,
            Self::Invalid(_) => ErrorCode::InvalidFrame,
            Self::TooManyTasks(_) => ErrorCode::TooManyTasks,
        }
    }
}

#[cfg(test)]
mod tests;
