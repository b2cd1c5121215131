//! Where servers are.

use async_trait::async_trait;

use super::PortError;
use crate::ServerAddress;

/// Knows a server's address as it is now: its password may be replaced while we run.
#[async_trait]
pub trait AddressSource: Send + Sync {
    /// Reads it anew each time, so whoever asks keeps what it got for as long as it works.
    ///
    /// # Errors
    ///
    /// Nobody knows it, or who knows it does not answer.
    async fn read(&self) -> Result<ServerAddress, PortError>;
}
