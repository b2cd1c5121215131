//! What it takes to tell somebody's server of a task's end.

use async_trait::async_trait;

use super::PortError;
use crate::callback::Callback;
use crate::root_secret::RootSecrets;

/// Takes callbacks to the function that sends them. At least once, in any order.
#[async_trait]
pub trait CallbackQueue: Send + Sync {
    /// Asks for the task's submitter to be told.
    async fn send(&self, callback: &Callback) -> Result<(), PortError>;
}

/// Keeps the secret that tenants' own are derived from.
#[async_trait]
pub trait RootSecretStore: Send + Sync {
    /// The secret, and the one before where it was rotated. May be as old as a few minutes.
    async fn read(&self) -> Result<RootSecrets, PortError>;
}
