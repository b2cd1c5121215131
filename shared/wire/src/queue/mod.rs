//! What travels on the queues, both directions.
//!
//! A reader looks at the version before anything else: a message of a newer release is told apart
//! from a damaged one.

mod about;
mod broadcast;
mod callback;
#[cfg(test)]
mod formats;
mod posting;
mod request;
mod task;
mod update;

pub use about::about;
pub use broadcast::broadcast_message;
pub use callback::{callback_message, read_callback};
pub use posting::post_message;
pub use request::{Request, hang_up_message, read_request, replay_message};
pub use task::{TaskRef, read_task, task_message};
pub use update::{announcement, read_update, update_message};

use domain::Trace;
use domain::ids::InvalidId;
use protocol::queue::VERSION;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Why a queue message cannot be understood. None of these pass by themselves.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not the JSON that was expected.
    #[error("the message is not of the expected form")]
    Malformed(#[from] serde_json::Error),
    /// Written by a release whose format we do not know.
    #[error("the message has version {0}, we know up to {VERSION}")]
    UnknownVersion(u64),
    /// A name in it is no valid name.
    #[error("the message holds an invalid name")]
    InvalidId(#[from] InvalidId),
}

#[derive(Deserialize)]
struct Versioned {
    v: u64,
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Unreadable> {
    let Versioned { v } = serde_json::from_str(body)?;
    check_version(v)?;
    Ok(serde_json::from_str(body)?)
}

/// A trace that cannot be read costs a line in a log its number, and nobody a message.
fn read_trace(trace: Option<&str>) -> Option<Trace> {
    trace?.parse().ok()
}

fn check_version(v: u64) -> Result<(), Unreadable> {
    if v == u64::from(VERSION) {
        Ok(())
    } else {
        Err(Unreadable::UnknownVersion(v))
    }
}
