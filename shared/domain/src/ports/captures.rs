//! Where failed records are kept to be looked at and handed to a function again.

use async_trait::async_trait;
use time::Date;

use super::PortError;
use crate::capture::Capture;

/// Keeps what failed.
#[async_trait]
pub trait Captures: Send + Sync {
    /// Keeps a capture under its own key, which it gives.
    async fn keep(&self, capture: &Capture) -> Result<String, PortError>;
}

/// Finds what was kept.
#[async_trait]
pub trait CaptureShelf: Send + Sync {
    /// The keys of a function's captures of a day, in UTC, oldest first.
    async fn of_day(&self, function: &str, day: Date) -> Result<Vec<String>, PortError>;

    /// The capture under this key; none where there is none, or none any more.
    async fn read(&self, key: &str) -> Result<Option<Capture>, PortError>;
}
