//! Texts that nobody else may see.

use async_trait::async_trait;

use super::PortError;

/// Reads one secret.
#[async_trait]
pub trait SecretReader: Send + Sync {
    /// What it holds at present. It must not be logged.
    async fn read(&self) -> Result<String, PortError>;
}
